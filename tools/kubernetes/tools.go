//go:build tools

// Keeps in go.mod what is not built: the Gateway API's module, for its custom resource definitions.
package tools

import _ "sigs.k8s.io/gateway-api/apis/v1"

/** The service file of the manual, with every key it shows. */
export const EXAMPLE = `service: shop                        # [a-z0-9][a-z0-9-]{0,39}
concurrency: reject

router:
  type: local
  listen: 127.0.0.1:8080

environment:
  type: local
  command: [node, app.js]
  ports: { blue: 9101, green: 9102 }
  env: { LOG_LEVEL: info }
  readiness: { path: /ready, timeout: 30s }

endpoints:
  blue: http://127.0.0.1:9101
  green: http://127.0.0.1:9102

identity: { path: /version, json: version }

smokeTests:
  - { name: health, path: /health }
  - { name: users, path: /api/users/test-user, expect: { status: 200, json: { id: test-user } } }

warmup: { path: /, requests: 200, concurrency: 10 }

approval: { required: false, timeout: 1h, onTimeout: reject }

switch:
  window: { days: [mon, tue, wed, thu], from: "02:00", to: "06:00", timezone: Europe/London }
  confirm: { url: "http://127.0.0.1:8080", consecutive: 5, timeout: 30s }
  drain: { timeout: 30s }

monitor:
  duration: 10m
  interval: 1m
  checks:
    - name: error-rate
      source: { type: router }
      max: 0.05
      failureLimit: 0
      noData: ignore
      minSamples: 0

retention:
  duration: 24h
  capacity: 1
  then: remove

notify:
  - { type: webhook, url: "\${env:DEPLOY_HOOK}" }
`;

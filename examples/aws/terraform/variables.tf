variable "name" {
  description = "Names everything here, and the service in the service file: lower-case letters, digits and -."
  type        = string
  default     = "shop"

  validation {
    # The name of a target group has at most 32 characters, and "-green" is six of them.
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,24}[a-z0-9]$", var.name))
    error_message = "2 to 26 lower-case letters, digits and -, not at the ends."
  }
}

variable "vpc_id" {
  description = "The VPC of all of it."
  type        = string
}

variable "public_subnet_ids" {
  description = "Subnets of the load balancer, in two availability zones or more."
  type        = list(string)
}

variable "private_subnet_ids" {
  description = "Subnets of the tasks. They need a way to the image registry: a NAT gateway or VPC endpoints."
  type        = list(string)
}

variable "certificate_arn" {
  description = "The ACM certificate of the address that users connect to."
  type        = string
}

variable "front_url" {
  description = "The address that users connect to, as cutover confirms a switch there: https://shop.example.com"
  type        = string
}

variable "test_cidr_blocks" {
  description = "Who may reach the test listener: at least where the worker runs. Never 0.0.0.0/0, since unreleased versions answer there."
  type        = list(string)
}

variable "image_repository" {
  description = "The image without its tag: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop"
  type        = string
}

variable "initial_version" {
  description = "The tag that blue starts with. Later versions are deployed by cutover, not by Terraform."
  type        = string
}

variable "container_port" {
  description = "The port that the container listens on."
  type        = number
  default     = 8080
}

variable "health_check_path" {
  description = "Answers 200 when a task may get users."
  type        = string
  default     = "/ready"
}

variable "desired_count" {
  description = "Tasks of blue at the start."
  type        = number
  default     = 2
}

variable "worker_role_names" {
  description = "Names of the IAM roles that cutover workers run with: the policy is attached to each."
  type        = list(string)
  default     = []
}

variable "with_alarm" {
  description = "Makes a CloudWatch alarm on 5XX answers, and has cutover roll back when it goes off."
  type        = bool
  default     = false
}

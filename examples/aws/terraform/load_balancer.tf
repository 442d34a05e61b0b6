locals {
  colors = toset(["blue", "green"])
}

resource "aws_security_group" "load_balancer" {
  name        = "${var.name}-load-balancer"
  description = "Users to the load balancer of ${var.name}"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "users" {
  security_group_id = aws_security_group.load_balancer.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "testers" {
  for_each = toset(var.test_cidr_blocks)

  security_group_id = aws_security_group.load_balancer.id
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 8080
  to_port           = 8080
}

resource "aws_vpc_security_group_egress_rule" "to_tasks" {
  security_group_id            = aws_security_group.load_balancer.id
  referenced_security_group_id = aws_security_group.tasks.id
  ip_protocol                  = "tcp"
  from_port                    = var.container_port
  to_port                      = var.container_port
}

resource "aws_lb" "this" {
  name               = var.name
  load_balancer_type = "application"
  security_groups    = [aws_security_group.load_balancer.id]
  subnets            = var.public_subnet_ids

  # The program has to keep idle connections for longer than this; otherwise some requests are answered 502.
  idle_timeout = 60
}

# One per color, the same in everything: healthy has to mean the same for both.
resource "aws_lb_target_group" "color" {
  for_each = local.colors

  name        = "${var.name}-${each.key}"
  vpc_id      = var.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  port        = var.container_port

  # Requests that still run when a task is taken away get so long, in seconds.
  deregistration_delay = 30

  health_check {
    path                = var.health_check_path
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

# What users connect to.
resource "aws_lb_listener" "users" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = 443
  certificate_arn   = var.certificate_arn
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.color["blue"].arn
  }

  # cutover moves users by this action. Without the next lines, every later `terraform apply` would move them back to blue,
  # also when green is live and blue is scaled to nothing.
  lifecycle {
    ignore_changes = [default_action]
  }
}

# Where the idle color is tested. It also names green's target group before green is ever live: AWS checks the health of targets
# only in groups that a listener names, and ECS creates no service for a group that belongs to no load balancer.
resource "aws_lb_listener" "test" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTP"
  port              = 8080

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.color["green"].arn
  }

  lifecycle {
    ignore_changes = [default_action]
  }
}

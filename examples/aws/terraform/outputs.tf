output "service_file" {
  description = "The service file: terraform output -raw service_file > cutover.yaml"
  value = templatefile("${path.module}/cutover.yaml.tftpl", {
    name                   = var.name
    region                 = data.aws_region.current.name
    listener_arn           = aws_lb_listener.users.arn
    test_listener_arn      = aws_lb_listener.test.arn
    blue_target_group_arn  = aws_lb_target_group.color["blue"].arn
    green_target_group_arn = aws_lb_target_group.color["green"].arn
    cluster                = aws_ecs_cluster.this.name
    blue_service           = aws_ecs_service.color["blue"].name
    green_service          = aws_ecs_service.color["green"].name
    image_repository       = var.image_repository
    preview_url            = "http://${aws_lb.this.dns_name}:${aws_lb_listener.test.port}"
    front_url              = var.front_url
    health_check_path      = var.health_check_path
    alarm                  = var.with_alarm ? aws_cloudwatch_metric_alarm.errors[0].alarm_name : ""
  })
}

output "load_balancer_dns_name" {
  description = "What the DNS record of the users' address points to."
  value       = aws_lb.this.dns_name
}

output "load_balancer_zone_id" {
  description = "The hosted zone of that name, for an alias record."
  value       = aws_lb.this.zone_id
}

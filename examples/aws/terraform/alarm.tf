locals {
  # Answers of the load balancer itself (502, 503, 504), and of the tasks.
  errors = {
    balancer = "HTTPCode_ELB_5XX_Count"
    targets  = "HTTPCode_Target_5XX_Count"
  }
}

# Optional: cutover computes the error rate from the same metrics itself (preset alb-5xx-rate). An alarm is for what you watch anyway.
resource "aws_cloudwatch_metric_alarm" "errors" {
  count = var.with_alarm ? 1 : 0

  alarm_name          = "${var.name}-5xx"
  alarm_description   = "More than 10 answers 5XX in a minute, for two minutes"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 10
  evaluation_periods  = 2

  # AWS writes these metrics only when there is something to count.
  treat_missing_data = "notBreaching"

  metric_query {
    id          = "all"
    label       = "5XX"
    expression  = "FILL(balancer, 0) + FILL(targets, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.errors

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        period      = 60
        stat        = "Sum"
        dimensions  = { LoadBalancer = aws_lb.this.arn_suffix }
      }
    }
  }
}

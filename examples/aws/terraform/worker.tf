# What cutover's worker may do: docs/aws/iam-policy.json with the names of this set-up in it, without the parts for rules, DNS and
# Auto Scaling groups. A test compares the actions with that file.
resource "aws_iam_policy" "worker" {
  name        = "${var.name}-cutover-worker"
  description = "cutover deploys ${var.name}"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "AlbReadRoutingHealthAndSetup"
        Effect = "Allow"
        Action = [
          "elasticloadbalancing:DescribeListeners",
          "elasticloadbalancing:DescribeRules",
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeTargetGroupAttributes",
          "elasticloadbalancing:DescribeTargetHealth",
          "elasticloadbalancing:DescribeLoadBalancerAttributes",
        ]
        Resource = "*"
      },
      {
        Sid      = "AlbSwitchAListener"
        Effect   = "Allow"
        Action   = "elasticloadbalancing:ModifyListener"
        Resource = [aws_lb_listener.users.arn, aws_lb_listener.test.arn]
      },
      {
        Sid      = "EcsReadTheServices"
        Effect   = "Allow"
        Action   = "ecs:DescribeServices"
        Resource = local.service_arns
      },
      {
        Sid      = "EcsDeployScaleAndRemove"
        Effect   = "Allow"
        Action   = "ecs:UpdateService"
        Resource = local.service_arns
      },
      {
        Sid      = "EcsReadRevisions"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions"]
        Resource = "*"
      },
      {
        Sid      = "EcsRegisterARevision"
        Effect   = "Allow"
        Action   = "ecs:RegisterTaskDefinition"
        Resource = local.revision_arns
      },
      {
        Sid       = "EcsTagARevisionWithItsDeployment"
        Effect    = "Allow"
        Action    = "ecs:TagResource"
        Resource  = local.revision_arns
        Condition = { StringEquals = { "ecs:CreateAction" = "RegisterTaskDefinition" } }
      },
      {
        Sid       = "EcsKeepTheRolesOfARevision"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = [aws_iam_role.task.arn, aws_iam_role.execution.arn]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Sid       = "EcsFindTasksThatStopped"
        Effect    = "Allow"
        Action    = "ecs:ListTasks"
        Resource  = "*"
        Condition = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.this.arn } }
      },
      {
        Sid      = "EcsSayWhyTasksStopped"
        Effect   = "Allow"
        Action   = "ecs:DescribeTasks"
        Resource = "${replace(aws_ecs_cluster.this.arn, ":cluster/", ":task/")}/*"
      },
      {
        Sid      = "EcsRespectApplicationAutoScaling"
        Effect   = "Allow"
        Action   = "application-autoscaling:DescribeScalableTargets"
        Resource = "*"
      },
      {
        Sid      = "CloudWatchMeasure"
        Effect   = "Allow"
        Action   = "cloudwatch:GetMetricData"
        Resource = "*"
      },
      {
        Sid      = "CloudWatchReadAlarmsAlsoCompositeOnes"
        Effect   = "Allow"
        Action   = "cloudwatch:DescribeAlarms"
        Resource = "*"
      },
    ]
  })
}

locals {
  service_arns  = [for service in aws_ecs_service.color : service.id]
  revision_arns = [for definition in aws_ecs_task_definition.color : "${definition.arn_without_revision}:*"]
}

resource "aws_iam_role_policy_attachment" "worker" {
  for_each = toset(var.worker_role_names)

  role       = each.value
  policy_arn = aws_iam_policy.worker.arn
}

# What is taken: by tags that must all hold, by types, and by the ARN of one database.
locals {
  environments = ["prod", "staging"]
}

resource "aws_backup_plan" "data" {
  name = "acme-data"

  rule {
    rule_name         = "daily"
    target_vault_name = "acme-primary"
    schedule          = "cron(15 2 ? * * *)"
    start_window      = 60
    completion_window = 480

    lifecycle {
      delete_after = 35
    }
  }
}

resource "aws_backup_selection" "tagged" {
  for_each = toset(local.environments)

  name         = "tagged-${each.key}"
  plan_id      = aws_backup_plan.data.id
  iam_role_arn = "arn:aws:iam::100000000010:role/service-role/AWSBackupDefaultServiceRole"
  resources    = ["*"]

  condition {
    string_equals {
      key   = "aws:ResourceTag/backup"
      value = "daily"
    }

    string_equals {
      key   = "aws:ResourceTag/env"
      value = each.key
    }

    string_not_like {
      key   = "aws:ResourceTag/owner"
      value = "tmp*"
    }
  }
}

resource "aws_backup_selection" "ledger" {
  name         = "ledger"
  plan_id      = aws_backup_plan.data.id
  iam_role_arn = "arn:aws:iam::100000000010:role/service-role/AWSBackupDefaultServiceRole"

  resources = [
    "arn:aws:dynamodb:eu-central-1:100000000010:table/ledger",
    "arn:aws:ec2:*:*:volume/*",
  ]

  not_resources = ["arn:aws:ec2:eu-central-1:100000000010:volume/vol-0123456789abcdef0"]
}

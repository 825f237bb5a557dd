# Daily and monthly backups, with copies in another Region and in the backup account.
variable "daily_retention" {
  type    = number
  default = 35
}

variable "monthly_retention" {
  type    = number
  default = 400
}

locals {
  schedule = "cron(30 1 ? * * *)"
  central  = "arn:aws:backup:eu-west-1:100000000002:backup-vault:acme-central"
}

resource "aws_iam_role" "backup" {
  name = "acme-backup"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "backup.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_backup_vault" "primary" {
  name        = "acme-primary"
  kms_key_arn = "arn:aws:kms:eu-central-1:100000000010:key/11111111-2222-3333-4444-555555555555"
}

resource "aws_backup_vault_lock_configuration" "primary" {
  backup_vault_name  = aws_backup_vault.primary.name
  min_retention_days = 7
  max_retention_days = 500
}

resource "aws_backup_plan" "gold" {
  name = "acme-gold"

  rule {
    rule_name                    = "daily"
    target_vault_name            = aws_backup_vault.primary.name
    schedule                     = local.schedule
    schedule_expression_timezone = "Europe/Berlin"
    start_window                 = 60
    completion_window            = 480

    lifecycle {
      delete_after = var.daily_retention
    }

    copy_action {
      destination_vault_arn = "arn:aws:backup:eu-west-3:100000000010:backup-vault:acme-dr"

      lifecycle {
        delete_after = var.daily_retention
      }
    }
  }

  rule {
    rule_name         = "monthly"
    target_vault_name = aws_backup_vault.primary.name
    schedule          = "cron(30 4 1 * ? *)"
    start_window      = 120
    completion_window = 1200

    lifecycle {
      cold_storage_after = 30
      delete_after       = var.monthly_retention
    }

    copy_action {
      destination_vault_arn = local.central

      lifecycle {
        cold_storage_after = 60
        delete_after       = 400
      }
    }
  }

  advanced_backup_setting {
    resource_type  = "EC2"
    backup_options = { WindowsVSS = "enabled" }
  }

  tags = {
    owner = "platform"
  }
}

resource "aws_backup_selection" "gold" {
  name         = "gold"
  plan_id      = aws_backup_plan.gold.id
  iam_role_arn = aws_iam_role.backup.arn

  selection_tag {
    type  = "STRINGEQUALS"
    key   = "backup"
    value = "gold"
  }
}

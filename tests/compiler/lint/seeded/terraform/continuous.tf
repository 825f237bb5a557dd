# Any second of the last month for databases, snapshots that live longer, and a vault for each of two teams.
variable "window" {
  default = 60
}

resource "aws_backup_plan" "databases" {
  name = "acme-databases"

  rule {
    rule_name                = "any-second"
    target_vault_name        = "acme-primary"
    schedule                 = "cron(0 0 ? * * *)"
    start_window             = var.window
    completion_window        = 480
    enable_continuous_backup = true

    lifecycle {
      delete_after = 35
    }
  }

  rule {
    rule_name         = "weekly"
    target_vault_name = "acme-primary"
    schedule          = "cron(30 4 ? * SUN *)"
    start_window      = var.window
    completion_window = 720

    lifecycle {
      delete_after = 90
    }
  }
}

resource "aws_backup_selection" "databases" {
  name         = "databases"
  plan_id      = aws_backup_plan.databases.id
  iam_role_arn = "arn:aws:iam::100000000010:role/service-role/AWSBackupDefaultServiceRole"
  resources    = ["arn:aws:rds:*:*:db:*"]
}

resource "aws_backup_region_settings" "here" {
  resource_type_opt_in_preference = {
    RDS    = true
    S3     = true
    Aurora = true
    EBS    = true
  }
}

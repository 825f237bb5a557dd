# Controls, reports, and a restore every week.
resource "aws_backup_vault" "primary" {
  name        = "acme-primary"
  kms_key_arn = "arn:aws:kms:eu-central-1:100000000010:key/11111111-2222-3333-4444-555555555555"
}

resource "aws_backup_plan" "weekly" {
  name = "acme-weekly"

  rule {
    rule_name         = "weekly"
    target_vault_name = aws_backup_vault.primary.name
    schedule          = "cron(0 3 ? * SUN *)"
    start_window      = 60
    completion_window = 720

    lifecycle {
      delete_after = 60
    }
  }
}

resource "aws_backup_selection" "weekly" {
  name         = "weekly"
  plan_id      = aws_backup_plan.weekly.id
  iam_role_arn = "arn:aws:iam::100000000010:role/service-role/AWSBackupDefaultServiceRole"

  selection_tag {
    type  = "STRINGEQUALS"
    key   = "backup"
    value = "weekly"
  }
}

resource "aws_backup_framework" "controls" {
  name = "acme_controls"

  control {
    name = "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK"

    input_parameter {
      name  = "requiredFrequencyUnit"
      value = "days"
    }

    input_parameter {
      name  = "requiredFrequencyValue"
      value = "7"
    }

    input_parameter {
      name  = "requiredRetentionDays"
      value = "35"
    }
  }

  control {
    name = "BACKUP_RECOVERY_POINT_ENCRYPTED"
  }
}

resource "aws_backup_report_plan" "compliance" {
  name = "acme_compliance"

  report_delivery_channel {
    formats        = ["CSV", "JSON"]
    s3_bucket_name = "acme-backup-reports"
  }

  report_setting {
    report_template = "CONTROL_COMPLIANCE_REPORT"
    framework_arns  = [aws_backup_framework.controls.arn]
  }
}

resource "aws_backup_restore_testing_plan" "weekly" {
  name                = "weekly_sample"
  schedule_expression = "cron(0 6 ? * WED *)"
  start_window_hours  = 8

  recovery_point_selection {
    algorithm             = "LATEST_WITHIN_WINDOW"
    include_vaults        = [aws_backup_vault.primary.arn]
    recovery_point_types  = ["SNAPSHOT"]
    selection_window_days = 10
  }
}

resource "aws_backup_restore_testing_selection" "databases" {
  name                      = "databases"
  restore_testing_plan_name = aws_backup_restore_testing_plan.weekly.name
  protected_resource_type   = "RDS"
  iam_role_arn              = "arn:aws:iam::100000000010:role/acme-restore"
  protected_resource_arns   = ["*"]
  validation_window_hours   = 4
}

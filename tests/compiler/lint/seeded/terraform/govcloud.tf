# An agency in GovCloud (US).
provider "aws" {
  region = "us-gov-west-1"
}

resource "aws_backup_plan" "agency" {
  name = "agency"

  rule {
    rule_name         = "daily"
    target_vault_name = "agency-primary"
    schedule          = "cron(0 6 ? * * *)"
    start_window      = 60
    completion_window = 480

    lifecycle {
      delete_after = 35
    }

    copy_action {
      destination_vault_arn = "arn:aws-us-gov:backup:us-gov-east-1:600000000002:backup-vault:agency-east"
    }
  }
}

resource "aws_backup_selection" "missions" {
  name         = "missions"
  plan_id      = aws_backup_plan.agency.id
  iam_role_arn = "arn:aws-us-gov:iam::600000000100:role/backup/Runner"
  resources    = ["arn:aws-us-gov:ec2:*:*:volume/*"]
}

variable "tiers" {
  type = map(object({
    schedule = string
    keep     = number
    copies   = optional(list(string), [])
  }))

  default = {
    gold = {
      schedule = "cron(0 2 ? * * *)"
      keep     = 90
      copies   = ["arn:aws:backup:eu-west-1:100000000002:backup-vault:acme-central"]
    }
    silver = {
      schedule = "cron(30 3 ? * * *)"
      keep     = 30
    }
  }
}

variable "role" {
  default = "arn:aws:iam::100000000010:role/service-role/AWSBackupDefaultServiceRole"
}

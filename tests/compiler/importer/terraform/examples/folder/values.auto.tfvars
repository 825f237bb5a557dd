regions = ["eu-west-1", "eu-central-1"]
prefix  = "shop"

variable "regions" {
  type = list(string)
}

variable "prefix" {
  default = "none"
}

/** Letters, digits, spaces and some signs, in IAM as in every service (IAM User Guide, "Tags for IAM resources"). */
export const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

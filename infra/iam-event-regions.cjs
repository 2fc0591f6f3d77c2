/**
 * Where the CloudTrail events of IAM reach EventBridge: in one region of each partition, wherever the call was made
 * (IAM User Guide, "Monitor IAM events with EventBridge"). A rule anywhere else never fires, and no error says so.
 */
const regionsByPartition = {
  aws: 'us-east-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-cn': 'cn-north-1',
  'aws-eusc': 'eusc-de-east-1',
}

/** osls refuses it, so no message offers it. The packaged template may be deployed there by other means. */
const unknownToOsls = regionsByPartition['aws-eusc']

const listed = Object.entries(regionsByPartition)
  .filter(([, region]) => region !== unknownToOsls)
  .map(([partition, region]) => `${region} (partition ${partition})`)

module.exports = {
  regionsByPartition,
  regions: Object.values(regionsByPartition),
  unknownToOsls,
  reason: `IAM's CloudTrail events reach EventBridge only in ${listed.join(', ')}. In any other region of these partitions the rule would never fire.`,
}

/** Permissions that the schema of a resource type names, and that the policy does without. */
export type LeftOut = { readonly permissions: readonly string[] } & (
  | {
      /** The properties that they belong to: no resource of the template may have one. */
      readonly unused: readonly string[]
    }
  | { readonly because: string }
)

/** By resource type. */
export const LEFT_OUT: Readonly<Record<string, readonly LeftOut[]>> = {
  'AWS::IAM::ManagedPolicy': [
    { unused: ['Groups'], permissions: ['iam:AttachGroupPolicy', 'iam:DetachGroupPolicy'] },
    { unused: ['Users'], permissions: ['iam:AttachUserPolicy', 'iam:DetachUserPolicy'] },
  ],
  'AWS::Lambda::EventSourceMapping': [
    { unused: ['KmsKeyArn'], permissions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'] },
  ],
  'AWS::Lambda::Function': [
    {
      unused: ['VpcConfig'],
      permissions: [
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
    },
    {
      unused: ['FileSystemConfigs'],
      permissions: ['elasticfilesystem:DescribeMountTargets', 's3files:ListMountTargets'],
    },
    {
      unused: ['KmsKeyArn'],
      permissions: ['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
    },
    { unused: ['Layers'], permissions: ['lambda:GetLayerVersion'] },
    {
      unused: ['CodeSigningConfigArn'],
      permissions: [
        'lambda:DeleteFunctionCodeSigningConfig',
        'lambda:GetCodeSigningConfig',
        'lambda:PutFunctionCodeSigningConfig',
      ],
    },
    {
      unused: ['ReservedConcurrentExecutions'],
      permissions: ['lambda:DeleteFunctionConcurrency', 'lambda:PutFunctionConcurrency'],
    },
    { unused: ['RuntimeManagementConfig'], permissions: ['lambda:PutRuntimeManagementConfig'] },
    { unused: ['RecursiveLoop'], permissions: ['lambda:PutFunctionRecursionConfig'] },
    {
      unused: ['CapacityProviderConfig', 'FunctionScalingConfig'],
      permissions: ['lambda:PassCapacityProvider', 'lambda:PutFunctionScalingConfig'],
    },
    { unused: ['PublishToLatestPublished'], permissions: ['lambda:PublishVersion'] },
    { because: 'Code names no S3ObjectVersion', permissions: ['s3:GetObjectVersion'] },
    {
      because: 'the Service Authorization Reference knows no such permission',
      permissions: ['lambda:AssociateRuntimeAlias'],
    },
  ],
  'AWS::Logs::LogGroup': [
    { unused: ['KmsKeyId'], permissions: ['logs:AssociateKmsKey', 'logs:DisassociateKmsKey'] },
    {
      unused: ['DataProtectionPolicy'],
      permissions: [
        'firehose:TagDeliveryStream',
        'logs:CreateLogDelivery',
        'logs:DeleteDataProtectionPolicy',
        'logs:PutDataProtectionPolicy',
        's3:REST.PUT.OBJECT',
      ],
    },
    { unused: ['ResourcePolicyDocument'], permissions: ['logs:DeleteResourcePolicy', 'logs:PutResourcePolicy'] },
    { unused: ['FieldIndexPolicies'], permissions: ['logs:DeleteIndexPolicy', 'logs:PutIndexPolicy'] },
    { unused: ['BearerTokenAuthenticationEnabled'], permissions: ['logs:PutBearerTokenAuthentication'] },
    { unused: ['DeletionProtectionEnabled'], permissions: ['logs:PutLogGroupDeletionProtection'] },
  ],
  'AWS::S3::Bucket': [
    {
      unused: ['ReplicationConfiguration'],
      permissions: [
        'iam:PassRole',
        's3:DeleteBucketReplication',
        's3:PutBucketReplication',
        's3:PutReplicationConfiguration',
      ],
    },
    {
      unused: ['MetadataConfiguration', 'MetadataTableConfiguration'],
      permissions: [
        's3:CreateBucketMetadataTableConfiguration',
        's3:DeleteBucketMetadataTableConfiguration',
        's3:UpdateBucketMetadataAnnotationTableConfiguration',
        's3:UpdateBucketMetadataInventoryTableConfiguration',
        's3:UpdateBucketMetadataJournalTableConfiguration',
        's3tables:CreateNamespace',
        's3tables:CreateTable',
        's3tables:CreateTableBucket',
        's3tables:GetTable',
        's3tables:GetTableMetadataLocation',
        's3tables:PutTableBucketPolicy',
        's3tables:PutTableEncryption',
        's3tables:PutTablePolicy',
        's3tables:UpdateTableMetadataLocation',
      ],
    },
    { unused: ['AbacStatus'], permissions: ['s3:PutBucketAbac'] },
    { unused: ['AccelerateConfiguration'], permissions: ['s3:PutAccelerateConfiguration'] },
    { unused: ['AccessControl'], permissions: ['s3:PutBucketAcl', 's3:PutObjectAcl'] },
    {
      unused: ['AnalyticsConfigurations'],
      permissions: ['s3:DeleteBucketAnalyticsConfiguration', 's3:PutAnalyticsConfiguration'],
    },
    { unused: ['CorsConfiguration'], permissions: ['s3:DeleteBucketCors', 's3:PutBucketCORS'] },
    { unused: ['IntelligentTieringConfigurations'], permissions: ['s3:PutIntelligentTieringConfiguration'] },
    { unused: ['InventoryConfigurations'], permissions: ['s3:PutInventoryConfiguration'] },
    { unused: ['LifecycleConfiguration'], permissions: ['s3:DeleteBucketLifecycle', 's3:PutLifecycleConfiguration'] },
    { unused: ['LoggingConfiguration'], permissions: ['s3:PutBucketLogging'] },
    {
      unused: ['MetricsConfigurations'],
      permissions: ['s3:DeleteBucketMetricsConfiguration', 's3:PutMetricsConfiguration'],
    },
    { unused: ['NotificationConfiguration'], permissions: ['s3:PutBucketNotification'] },
    {
      unused: ['ObjectLockConfiguration', 'ObjectLockEnabled'],
      permissions: ['s3:PutBucketObjectLockConfiguration', 's3:PutObjectLockConfiguration'],
    },
    { unused: ['OwnershipControls'], permissions: ['s3:PutBucketOwnershipControls'] },
    { unused: ['PublicAccessBlockConfiguration'], permissions: ['s3:PutBucketPublicAccessBlock'] },
    { unused: ['VersioningConfiguration'], permissions: ['s3:PutBucketVersioning'] },
    { unused: ['WebsiteConfiguration'], permissions: ['s3:DeleteBucketWebsite', 's3:PutBucketWebsite'] },
    {
      because: 'no such permission: S3 asks for s3:PutEncryptionConfiguration (Service Authorization Reference)',
      permissions: ['s3:DeleteBucketEncryption'],
    },
  ],
  'AWS::SNS::Topic': [
    { unused: ['Subscription'], permissions: ['sns:Subscribe', 'sns:Unsubscribe'] },
    { unused: ['DataProtectionPolicy'], permissions: ['sns:PutDataProtectionPolicy'] },
    { unused: ['DeliveryStatusLogging'], permissions: ['iam:GetRole', 'iam:PassRole'] },
  ],
}

/** Instead of 15 and 190 seconds: nothing else about a queue differs from the deployed one. */
export const QUICK = { DelaySeconds: '0', VisibilityTimeout: '3' }

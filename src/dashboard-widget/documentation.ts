/** What CloudWatch shows of the widget where it is added to a dashboard. Markdown. */
export const DOCUMENTATION = `## Roles that should trust Okta

Shows every role that has the tag, as IAM shows it now: what a sweep would do, and why. It only reads, and takes no parameters.

| State | Meaning |
| --- | --- |
| Failed | IAM's answer about the role could not be read. |
| Blocked | The role cannot be changed until somebody acts; the reason says how. |
| Due | The next sweep will write the trust policy; in report mode nothing does. |
| Orphaned | The role lost its tag, and keeps the statement that this system wrote. |
| Trusts Okta | Right already. A note says what its owner or an auditor should know. |
| Skipped | Tagged, and never touched: service-linked roles, this system's own, and configured exclusions. |

Whoever views it needs \`lambda:InvokeFunction\` on the function. Its result is kept for 30 seconds.
`

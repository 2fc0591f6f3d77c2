/** What CloudWatch shows of the widget where it is added to a dashboard. Markdown. */
export const DOCUMENTATION = `## Roles that shall trust Okta

Shows every role that carries the tag, as a look at IAM finds it: what a sweep would do, and why. It reads only, and has no parameters.

| State | Meaning |
| --- | --- |
| Failed | IAM's answer about the role could not be read. |
| Blocked | The role cannot be changed until somebody acts; the reason says on what. |
| Due | The next sweep will write the trust policy. |
| Orphaned | The role lost its tag, and keeps the statement that this system wrote. |
| Trusts Okta | Right already. A note tells what its owner or an auditor should know. |
| Skipped | Tagged, and never touched: service-linked roles, this system's own, and configured exclusions. |

Whoever looks needs \`lambda:InvokeFunction\` on the function. A look is shown again for 30 seconds.
`

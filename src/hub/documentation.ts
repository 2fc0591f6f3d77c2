/** What CloudWatch shows of the widget where it is added to a dashboard. Markdown. */
export const DOCUMENTATION = `## Accounts whose roles should trust Okta

Shows what each account of the organization told of its last sweep, the worst first. It only reads, and takes no parameters.

| State | Meaning |
| --- | --- |
| Silent | No sweep was told of for 26 hours; after 7 days more the account counts as gone. |
| Failed | The sweep failed, or roles did in it. |
| Blocked | Roles cannot be changed until somebody acts. |
| Over cap | More roles are due than a sweep may change, so it changed none. |
| Dead letters | Role events failed several times, or events did not reach this hub. |
| Due | Roles are due and not written yet; in report mode nothing writes them. |
| Orphaned | Roles lost their tag, and keep the statement that this system wrote. |
| Right | Nothing of all that. |

Whoever views it needs \`lambda:InvokeFunction\` on the function. Its result is kept for 30 seconds.
`

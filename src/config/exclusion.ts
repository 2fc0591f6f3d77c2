/** The most that IAM allows for a role's path and name (IAM and STS quotas). */
const LONGEST = { path: 512, name: 64 }

/**
 * Why an exclusion can match no role at all, or undefined: whoever wrote it believes that it protects one (rule 2.2).
 * A path begins and ends with `/`; path and name hold what IAM allows there (IAM API reference, CreateRole).
 */
export function exclusionProblem(glob: string): string | undefined {
  const [, pathAndName = '/team/NAME'] = /^(?:arn:[^/]*:)?role(\/.+)$/.exec(glob) ?? []
  if (glob.startsWith('arn:')) return `it is an ARN: write only its path and name, ${pathAndName}`
  if (glob.startsWith('role/')) return `path and name have no role/ before them: write ${pathAndName}`
  if (!/^[/*?]/.test(glob)) {
    const remedy = /^\w/.test(glob) ? `: write */${glob} for any path` : ''
    return `path and name together begin with /${remedy}`
  }
  const [odd] = /[^!-~]/.exec(glob) ?? []
  if (odd !== undefined) return `no path or name can contain ${JSON.stringify(odd)}`
  if (glob.includes('//')) return 'no path has two slashes in a row'
  if (glob === '/') return 'a path must be followed by a name'
  if (glob.endsWith('/')) return `a path must be followed by a name: write ${glob}*`
  const nameEnd = glob.slice(glob.search(/[^/*?]*$/))
  const [oddInName] = /[^\w+=,.@-]/.exec(nameEnd) ?? []
  if (oddInName !== undefined) return `no name can contain ${JSON.stringify(oddInName)}`
  const shortest = glob.replaceAll('*', '').length
  if (glob.length === shortest && shortest < '/x'.length) return 'a path and a name have at least two characters'
  if (nameEnd.length > LONGEST.name || shortest > LONGEST.path + LONGEST.name) {
    return `a path has at most ${LONGEST.path} characters, and a name ${LONGEST.name}`
  }
  return undefined
}

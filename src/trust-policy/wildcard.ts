/**
 * Whether `text` matches `pattern`, where `*` stands for any characters and `?` for exactly one, as in IAM's actions
 * and StringLike. Case counts: fold both sides first where it must not.
 *
 * Two pointers instead of a regular expression: a pattern such as `*a*a*a*a*b` in somebody's policy must not be able to
 * hold the process (at most pattern × text steps).
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let lastStar = -1
  let resumeAt = 0
  while (t < text.length) {
    if (pattern[p] === '*') {
      lastStar = p
      resumeAt = t
      p += 1
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p += 1
      t += 1
    } else if (lastStar >= 0) {
      // The last star takes one character more, and the rest of the pattern tries again behind it.
      resumeAt += 1
      t = resumeAt
      p = lastStar + 1
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p += 1
  return p === pattern.length
}

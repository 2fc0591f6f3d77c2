/** `## [1.2.3] - 2026-01-31`, and what stands below it, as far as the next heading of that kind. */
const SECTION = /^## \[(?<version>[^\]]+)\](?<rest>.*)\n(?<body>(?:(?!## ).*\n)*)/gm

/**
 * What the changelog says of the version that a tag releases, with links that lead somewhere outside of the repository too.
 *
 * @param tag `v` and the version, as git has it
 * @param version of package.json
 * @param changelog in the format of Keep a Changelog
 * @param repository its address, without a slash at the end
 * @throws Error that says what to do: the tag is of another version, or the changelog has nothing to say of it
 */
export function releaseNotes(tag: string, version: string, changelog: string, repository: string): string {
  if (tag !== `v${version}`) {
    throw new Error(
      `the tag ${tag} is not that of the version ${version} in package.json: take the tag back, set the version in a commit of its own, and tag that as v and the version`,
    )
  }
  const sections = [...`${changelog}\n`.replaceAll('\r\n', '\n').matchAll(SECTION)]
  const ofVersion = sections.filter(({ groups }) => groups?.version === version)
  const [section] = ofVersion
  const heading = `## [${version}] - ${new Date().toISOString().slice(0, 10)}`
  if (section === undefined) {
    throw new Error(
      `CHANGELOG.md has no section for ${version}: put what stands under [Unreleased] below a line "${heading}"`,
    )
  }
  if (ofVersion.length > 1) {
    throw new Error(`CHANGELOG.md has ${ofVersion.length} sections for ${version}: make one of them`)
  }
  const { rest = '', body = '' } = section.groups ?? {}
  if (!/^ - \d{4}-\d{2}-\d{2}\s*$/.test(rest)) {
    throw new Error(
      `CHANGELOG.md does not say when ${version} is released, but "## [${version}]${rest}": write "${heading}"`,
    )
  }
  if (!saysSomething(body)) {
    throw new Error(`CHANGELOG.md says nothing of ${version}: write below "## [${version}]${rest}" what has changed`)
  }
  const leadsAway = (link: string) => /^(?:#|[a-z][a-z\d+.-]*:)/i.test(link)
  const notes = body.replace(/\]\(([^)\s]+)\)/g, (whole, link: string) =>
    leadsAway(link) ? whole : `](${repository}/blob/${tag}/${link})`,
  )
  return `${notes.trim()}\n`
}

/** Whether there is more than headings, comments and addresses of links. */
function saysSomething(body: string): boolean {
  return /\S/.test(body.replace(/<!--[\s\S]*?-->/g, '').replace(/^(?:#.*|\[[^\]]+\]: .*)$/gm, ''))
}

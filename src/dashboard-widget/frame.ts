import { type Html, html } from './html.ts'

/** CloudWatch says which one the dashboard is shown in (CloudWatch User Guide, "Details about custom widgets"). */
export type Theme = 'light' | 'dark'

/**
 * What stands around whatever the widget shows. The class `cwdb-no-default-styles` switches off CloudWatch's own styles
 * of tables, which would win against ours. The background stays CloudWatch's. The colours are those of Cloudscape,
 * AWS's design system.
 */
export function framed(theme: Theme, content: Html): Html {
  // Inside of the element: what cleans HTML may lose a style that comes first.
  return html`<div class="ort ort-${theme} cwdb-no-default-styles">${STYLES}
${content}
</div>`
}

const STYLES = html`<style>
.ort { --text: #0f141a; --quiet: #656871; --link: #006ce0; --line: #c6c6cd; --faint: #ebebf0; --code: #f3f3f7; --hover: #f6f6f9;
  --error: #db0000; --warning: #855900; --info: #006ce0; --success: #00802f;
  color: var(--text); font-size: 14px; line-height: 20px; text-align: left; overflow-wrap: anywhere }
.ort-dark { --text: #dedee3; --quiet: #a4a4ad; --link: #42b4ff; --line: #424650; --faint: #2b3542; --code: #232b37; --hover: #1b232d;
  --error: #ff7a7a; --warning: #fbd332; --info: #42b4ff; --success: #2bb534 }
.ort a { color: var(--link); text-decoration: none }
.ort a:hover { text-decoration: underline }
.ort-totals { display: flex; flex-wrap: wrap; gap: 12px 36px; margin: 0 0 16px }
.ort-number { font-size: 28px; line-height: 36px; font-weight: 700 }
.ort-facts { display: flex; flex-wrap: wrap; gap: 8px 36px; margin: 0 0 16px; font-size: 12px; line-height: 16px }
.ort-facts dt { color: var(--quiet) }
.ort-facts dd { margin: 2px 0 0 }
.ort-alert { margin: 0 0 16px; padding: 10px 16px; border: 1px solid var(--warning); border-radius: 8px }
.ort table { width: 100%; border-collapse: collapse }
.ort th, .ort td { padding: 8px 20px 8px 0; vertical-align: top; text-align: left }
.ort th { border-bottom: 1px solid var(--line); color: var(--quiet); font-size: 12px; line-height: 16px; font-weight: 700 }
.ort td { border-bottom: 1px solid var(--faint) }
.ort tr:last-child td { border-bottom: 0 }
.ort tbody tr:hover td { background: var(--hover) }
.ort th:first-child { width: 28% }
.ort-state { display: inline-flex; align-items: center; gap: 6px; white-space: nowrap }
.ort-sign { width: 16px; height: 16px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linejoin: round }
.ort-error { color: var(--error) }
.ort-warning { color: var(--warning) }
.ort-info { color: var(--info) }
.ort-success { color: var(--success) }
.ort-quiet { color: var(--quiet) }
.ort-path { color: var(--quiet); font-size: 12px; line-height: 16px }
.ort-code { padding: 1px 6px; border-radius: 4px; background: var(--code); font-family: Monaco, Menlo, Consolas, "Courier New", monospace; font-size: 12px }
</style>`

import { ConfigurationError, formatError } from '../errors.ts'
import { framed, type Theme } from './frame.ts'
import { type Html, html } from './html.ts'

/** What a person reads instead of the table where the roles could not be looked at. */
export function renderProblem(error: unknown, theme: Theme): Html {
  const [what, words] =
    error instanceof ConfigurationError
      ? ['The configuration is wrong, so no role was looked at.', error.message]
      : ['The roles could not be looked at. If this stays, read the log of dashboard-widget.', formatError(error)]
  return framed(theme, html`<div class="ort-alert"><strong>${what}</strong><div>${words}</div></div>`)
}

import { ConfigurationError, formatError } from '../errors.ts'
import { framed, type Theme } from './frame.ts'
import { type Html, html } from './html.ts'

/** What a person reads instead of the table where the roles could not be read. */
export function renderProblem(error: unknown, theme: Theme): Html {
  const [what, message] =
    error instanceof ConfigurationError
      ? ['The configuration is wrong, so no role was looked at.', error.message]
      : ['The roles could not be read. If this persists, read the log of dashboard-widget.', formatError(error)]
  return framed(theme, html`<div class="ort-alert"><strong>${what}</strong><div>${message}</div></div>`)
}

import * as z from 'zod/mini'
import type { Theme } from './frame.ts'

/** What CloudWatch asks a custom widget for. */
export interface WidgetRequest {
  /** For the documentation of the widget, and nothing else. */
  readonly describe: boolean
  readonly theme: Theme
}

/** Of CloudWatch's widgetContext only the theme matters here. Whatever else arrives, a person waits for a page. */
const Request = z.object({
  describe: z.catch(z.boolean(), false),
  widgetContext: z.catch(z.object({ theme: z.enum(['light', 'dark']) }), { theme: 'light' }),
})

export function readWidgetRequest(event: unknown): WidgetRequest {
  const { data } = z.safeParse(Request, event)
  return { describe: data?.describe ?? false, theme: data?.widgetContext.theme ?? 'light' }
}

import { html, raw } from 'hono/html'

/** As much of an OpenAPI document as the page shows. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string }
  readonly paths?: object | undefined
}

type Paths = Readonly<Record<string, Readonly<Record<string, unknown>>>>

interface Operation {
  readonly summary?: string
  readonly description?: string
  readonly parameters?: readonly { name: string; in: string; required?: boolean }[]
  readonly responses?: Readonly<Record<string, { description?: string }>>
}

const methods = ['get', 'post', 'put', 'patch', 'delete']

/**
 * Renders an OpenAPI document as one page without scripts. See `documentation.md` for why this is not the
 * Scalar bundle.
 */
export function documentationPage(document: ApiDocument) {
  const operations = Object.entries((document.paths ?? {}) as Paths).flatMap(([path, item]) =>
    methods.flatMap((method) => (method in item ? [section(method, path, item[method] as Operation)] : [])),
  )
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${document.info.title}</title><style>${raw(style)}</style></head>
<body><main><h1>${document.info.title}</h1>
<p>Version ${document.info.version} · <a href="/openapi.json">OpenAPI 3.1 document</a></p>
${operations}</main></body></html>`
}

function section(method: string, path: string, operation: Operation) {
  const parameters = operation.parameters ?? []
  const answers = Object.entries(operation.responses ?? {})
  return html`<section><h2><code>${method.toUpperCase()} ${path}</code></h2>
<p>${operation.summary ?? operation.description ?? ''}</p>
<ul>${parameters.map(
    (one) => html`<li><code>${one.name}</code> (${one.in}${one.required ? ', required' : ''})</li>`,
  )}</ul>
<dl>${answers.map(([status, answer]) => html`<dt>${status}</dt><dd>${answer.description ?? ''}</dd>`)}</dl>
</section>`
}

const style = `body{font:1rem/1.5 system-ui,sans-serif;color-scheme:light dark;margin:0}
main{max-width:50rem;margin:auto;padding:1.5rem}h2{font-size:1rem;border-top:1px solid;padding-top:1rem}
dl{display:grid;grid-template-columns:4rem 1fr}dd{margin:0}`

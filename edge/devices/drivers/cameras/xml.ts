import { SaxesParser } from 'saxes'

/** Nodes and depth of one message; a camera's have a few hundred and less than ten. */
const nodesMax = 5_000
const depthMax = 32

type Element = { [name: string]: string | Element }

/**
 * Reads a small XML document into nested objects by local name: an element without children is its text, the first of
 * several of one name counts, attributes are left out. Undefined when it is not well-formed, has a document type (which
 * could declare entities) or is larger than a message is.
 */
export function parseXml(text: string): Readonly<Record<string, unknown>> | undefined {
  const top: Element = Object.create(null)
  const open: { readonly name: string; readonly children: Element; text: string }[] = []
  let nodes = 0
  let broken = false
  const parser = new SaxesParser({ xmlns: false, position: false })
  parser.on('error', () => {
    broken = true
  })
  parser.on('doctype', () => {
    broken = true
  })
  parser.on('opentag', ({ name }) => {
    nodes += 1
    if (nodes > nodesMax || open.length >= depthMax) broken = true
    else open.push({ name: localName(name), children: Object.create(null), text: '' })
  })
  const hear = (more: string) => {
    const current = open.at(-1)
    if (current) current.text += more
  }
  parser.on('text', hear)
  parser.on('cdata', hear)
  parser.on('closetag', () => {
    const closed = open.pop()
    if (!closed || broken) return
    const parent = open.at(-1)?.children ?? top
    parent[closed.name] ??= Object.keys(closed.children).length > 0 ? closed.children : closed.text.trim()
  })
  for (let at = 0; at < text.length && !broken; at += chunkCharacters) {
    parser.write(text.slice(at, at + chunkCharacters))
  }
  if (!broken) parser.close()
  return broken ? undefined : top
}

/** Read in pieces, so that a broken document is given up early. */
const chunkCharacters = 16_384

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** A stream that takes appends. */
export interface AppendTarget {
  readonly url: string
  readonly headers: () => Promise<Record<string, string>>
  /** The idempotent producer, and how many requests it has made before. */
  readonly producer: { readonly id: string; readonly requests: number }
}

/** Appends texts in requests of `batch`, one after the other as an edge does; returns entries per second. */
export async function appendAll(
  target: AppendTarget,
  texts: readonly string[],
  batch: number,
): Promise<number> {
  const startMs = performance.now()
  for (let from = 0, seq = target.producer.requests; from < texts.length; from += batch, seq += 1) {
    const answer = await fetch(target.url, {
      method: 'POST',
      headers: {
        ...(await target.headers()),
        'content-type': 'application/json',
        'Producer-Id': target.producer.id,
        'Producer-Epoch': '0',
        'Producer-Seq': String(seq),
      },
      body: `[${texts.slice(from, from + batch).join(',')}]`,
    })
    if (!answer.ok) throw new RangeError(`an append was answered ${answer.status}: ${await answer.text()}`)
  }
  return texts.length / ((performance.now() - startMs) / 1000)
}

/** One finding of `doctor`: whether it is well, what was seen, and what to do when it is not. */
export interface Finding {
  readonly name: string
  readonly ok: boolean
  readonly seen: string
  readonly hint?: string
}

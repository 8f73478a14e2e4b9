import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

/** A tool that runs until it is ended. */
export type ToolProcess = ChildProcessByStdio<Writable, Readable, null>

/*
 * A tool that holds lines never reads its standard input, so it would outlive us and keep them. The shell around it does
 * read: the kernel closes the pipe of a killed program, and then the tool is ended. In `sh`, a command in the background
 * has no input, so the pipe is given to `cat` by another number.
 */
const endsWithUs = `exec 3<&0
"$@" </dev/null 3<&- & tool=$!
{ cat <&3 >/dev/null; kill "$tool" 2>/dev/null; } >/dev/null & watch=$!
wait "$tool"; code=$?
kill "$watch" 2>/dev/null
exit "$code"`

/** Starts a tool that ends when its standard input ends, which it does also when this program is killed. */
export function startTool(name: string, args: readonly string[]): ToolProcess {
  const child = spawn('/bin/sh', ['-c', endsWithUs, 'sh', name, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.on('error', () => undefined)
  return child
}

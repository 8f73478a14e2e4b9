import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const fileName = 'owner'

/** Writes down that this process runs the server of a data folder. */
export async function claim(dataFolder: string): Promise<void> {
  await writeFile(join(dataFolder, fileName), `${process.pid} ${await startOf(process.pid)}\n`)
}

/** Removes the note of `claim`. */
export async function release(dataFolder: string): Promise<void> {
  await rm(join(dataFolder, fileName), { force: true })
}

/** The live process that runs the server of a data folder; `undefined` when there is none. */
export async function liveOwner(dataFolder: string): Promise<number | undefined> {
  const text = await readFile(join(dataFolder, fileName), 'utf8').catch(() => '')
  const [pidText = '', start = ''] = text.trim().split(' ')
  const pid = Number.parseInt(pidText, 10)
  if (!(pid > 0)) return undefined
  // Process ids are used again; only the same start time is the same process.
  return (await startOf(pid)) === start && isAlive(pid) ? pid : undefined
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** When a process started, in clock ticks since boot; a constant where the system does not tell. */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // proc(5): field 22 is starttime; the second field may contain spaces and ends with the last bracket.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? 'unknown'
}

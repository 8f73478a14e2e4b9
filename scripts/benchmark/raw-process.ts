import { rawRowsPerSecond } from './raw-sqlite.ts'

/** Runs the raw loop in a process of its own: `raw-process.js FILE MS` prints its rows per second. */
const [, , path = '', forMs = ''] = process.argv
process.stdout.write(String(rawRowsPerSecond(path, Number(forMs))))

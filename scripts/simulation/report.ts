/** Lays out how often each fault met each state: a fault a line, a state a column. */
export function coverageTable(coverage: ReadonlyMap<string, number>): string {
  const cells = [...coverage].map(([cell, count]) => {
    const [fault = '', state = ''] = cell.split(' × ')
    return { fault, state, count }
  })
  const faults = [...new Set(cells.map(({ fault }) => fault))].sort()
  const states = [...new Set(cells.map(({ state }) => state))].sort()
  const width = Math.max(...faults.map(({ length }) => length), 0)
  const columns = states.map((state, index) => `  ${String.fromCharCode(65 + index)} ${state}`)
  const head =
    ' '.repeat(width) + states.map((_state, index) => String.fromCharCode(65 + index).padStart(7)).join('')
  const lines = faults.map(
    (fault) =>
      fault.padEnd(width) +
      states.map((state) => String(coverage.get(`${fault} × ${state}`) ?? 0).padStart(7)).join(''),
  )
  return [...columns, head, ...lines].join('\n')
}

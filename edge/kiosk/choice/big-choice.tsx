import type { TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import home from '../home/home.module.css'

/** Two or more ways to go on, as large tiles. */
export function BigChoice(props: {
  readonly ways: readonly {
    readonly label: string
    readonly hint: string
    readonly Icon: TablerIcon
    readonly onPress: () => void
  }[]
}): ReactNode {
  return (
    <div className={home.tiles}>
      {props.ways.map(({ label, hint, Icon, onPress }) => (
        <button key={label} type="button" className={home.tile} onClick={onPress}>
          <Icon size={48} stroke={1.75} aria-hidden />
          <span>
            <span className={home.verb}>{label}</span>
            <span className={home.hint}>{hint}</span>
          </span>
        </button>
      ))}
    </div>
  )
}

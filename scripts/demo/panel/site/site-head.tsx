import { type ChipState, StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { Button } from '@mantine/core'
import { IconBolt, IconDeviceTablet, IconPlayerPlay, IconSignRight } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { PanelSite, RunState } from '../../panel-contract.ts'
import { usePanel } from '../live/panel-context.tsx'
import { useWords } from '../words/words.ts'
import css from './site.module.css'

const shapes: Record<RunState, ChipState> = { running: 'free', starting: 'held', stopped: 'out' }

/** Name of a site, whether its edge runs, its screens, and the way to kill and start it. */
export function SiteHead(props: { readonly site: PanelSite }): ReactNode {
  const { site } = props
  const { act } = usePanel()
  const t = useWords()
  const { siteId, edge } = site
  const links = [
    { href: edge.kioskUrl, word: t('links.kiosk'), Icon: IconDeviceTablet },
    ...(site.kind === 'parking'
      ? [{ href: edge.boardUrl, word: t('links.board'), Icon: IconSignRight }]
      : []),
  ]
  return (
    <header className={css.head}>
      <h2 className={css.name}>{site.name}</h2>
      <StateChip state={shapes[edge.state]}>{t(`run.${edge.state}`)}</StateChip>
      <span className={css.spread} />
      {edge.state === 'stopped' ? (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          onClick={() => act({ kind: 'restartEdge', siteId })}
        >
          {t('run.restart')}
        </Button>
      ) : (
        <Button
          size="xs"
          variant="danger"
          leftSection={<IconBolt size={16} aria-hidden />}
          onClick={() => act({ kind: 'killEdge', siteId })}
        >
          {t('run.kill')}
        </Button>
      )}
      <nav className={css.links}>
        {links.map(({ href, word, Icon }) => (
          <a key={word} className={css.link} href={href} target="_blank" rel="noreferrer">
            <Icon size={18} aria-hidden />
            {word}
          </a>
        ))}
      </nav>
    </header>
  )
}

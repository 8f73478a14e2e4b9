import { useNowMs } from '@gatehouse/shared/ui/browser-clock.ts'
import { spanUnit } from '@gatehouse/shared/ui/format.ts'
import { useUiWords } from '@gatehouse/shared/ui/words.ts'
import { Button } from '@mantine/core'
import { IconPlug, IconScissors } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { PanelSite } from '../../panel-contract.ts'
import { usePanel } from '../live/panel-context.tsx'
import { useWords } from '../words/words.ts'
import { cableTold } from './cable-told.ts'
import css from './site.module.css'

const lineWords = {
  connected: 'net.on',
  edge_stopped: 'run.stopped',
  edge_starting: 'run.starting',
} as const

/** The network cable between a site's edge and the cloud, to be cut and plugged in, with what waits behind it. */
export function Cable(props: { readonly site: PanelSite }): ReactNode {
  const { site } = props
  const { act } = usePanel()
  const ui = useUiWords()
  const { unit, count } = spanUnit(useNowMs() - site.networkSinceMs)
  const t = useWords()
  const cut = site.network === 'cut'
  const { line, books, waiting } = cableTold(site)
  const { siteId } = site
  return (
    <section
      className={css.cable}
      aria-label={t('net.label', { name: site.name })}
      data-network={site.network}
    >
      <span className={css.box}>{t('net.edge')}</span>
      <div className={css.wire}>
        <Wire cut={cut} busy={line === 'connected' && waiting > 0} down={site.edge.state !== 'running'} />
        <span className={css.told} role="status">
          {line === 'cut' ? t('net.cut', { span: ui(`time.${unit}`, { count }) }) : t(lineWords[line])}
          {' · '}
          <b data-waiting={books !== 'same' || undefined}>{t(`net.${books}`, { count: waiting })}</b>
        </span>
      </div>
      <span className={css.box}>{t('net.cloud')}</span>
      <Button
        size="sm"
        variant="default"
        className={css.cut}
        leftSection={cut ? <IconPlug size={18} aria-hidden /> : <IconScissors size={18} aria-hidden />}
        onClick={() => act({ kind: cut ? 'restoreNetwork' : 'cutNetwork', siteId })}
      >
        {t(cut ? 'net.restore' : 'net.doCut')}
      </Button>
    </section>
  )
}

/** Two halves with plugs; they come apart when cut, and entries run along when joined. */
function Wire(props: { readonly cut: boolean; readonly busy: boolean; readonly down: boolean }): ReactNode {
  return (
    <svg
      className={css.wirePicture}
      viewBox="0 0 300 32"
      preserveAspectRatio="none"
      data-cut={props.cut || undefined}
      data-busy={props.busy || undefined}
      data-down={props.down || undefined}
      aria-hidden
    >
      <g className={css.left}>
        <path d="M0 16h136" />
        <rect x="132" y="9" width="18" height="14" rx="3" />
      </g>
      <g className={css.right}>
        <path d="M164 16h136" />
        <rect x="150" y="9" width="18" height="14" rx="3" />
      </g>
      <path className={css.flow} d="M0 16h300" />
    </svg>
  )
}

import type { DemoContent } from '@gatehouse/shared/api/demo-content'
import { Text, Title } from '@mantine/core'
import {
  type Icon,
  IconBinaryTree2,
  IconCode,
  IconDeviceMobile,
  IconDeviceTablet,
  IconLayoutDashboard,
  IconPlugConnected,
  IconSignRight,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'

function Surface(props: {
  readonly icon: Icon
  readonly name: string
  readonly text: string
  readonly url: string
}): ReactNode {
  const Mark = props.icon
  return (
    <li>
      <a href={props.url} className="gh-card surface">
        <Mark size={28} aria-hidden color="var(--gh-brand)" style={{ flex: 'none' }} />
        <span>
          <Text component="span" display="block" fw={600}>
            {props.name}
          </Text>
          <Text component="span" display="block" size="sm" c="dimmed">
            {props.text}
          </Text>
        </span>
      </a>
    </li>
  )
}

/** Every surface with one sentence; those of the demo's sites and its simulator when there is a demo. */
export function Surfaces(props: { readonly demo: DemoContent | undefined }): ReactNode {
  const t = useWords()
  const { demo } = props
  return (
    <section aria-labelledby="surfaces">
      <Title order={2} id="surfaces">
        {t('surfaces.title')}
      </Title>
      <ul className="surfaces">
        <Surface
          icon={IconDeviceMobile}
          name={t('surfaces.memberApp')}
          text={t('surfaces.memberApp.text')}
          url="/app/"
        />
        <Surface icon={IconLayoutDashboard} name={t('surfaces.hq')} text={t('surfaces.hq.text')} url="/hq/" />
        {demo?.sites.map((site) => (
          <Surface
            key={`kiosk-${site.siteId}`}
            icon={IconDeviceTablet}
            name={t('surfaces.kiosk', { site: site.name })}
            text={t(`surfaces.kiosk.${site.kind}`)}
            url={site.kioskUrl}
          />
        ))}
        {demo?.sites.map((site) => (
          <Surface
            key={`admin-${site.siteId}`}
            icon={IconPlugConnected}
            name={t('surfaces.admin', { site: site.name })}
            text={t('surfaces.admin.text')}
            url={site.adminUrl}
          />
        ))}
        {demo?.sites
          .filter(({ kind }) => kind === 'parking')
          .map((site) => (
            <Surface
              key={`board-${site.siteId}`}
              icon={IconSignRight}
              name={t('surfaces.board', { site: site.name })}
              text={t('surfaces.board.text')}
              url={site.boardUrl}
            />
          ))}
        {demo ? (
          <Surface
            icon={IconBinaryTree2}
            name={t('surfaces.panel')}
            text={t('surfaces.panel.text')}
            url={demo.panelUrl}
          />
        ) : null}
        <Surface icon={IconCode} name={t('surfaces.docs')} text={t('surfaces.docs.text')} url="/docs" />
      </ul>
    </section>
  )
}

import type { SiteView } from '@gatehouse/shared/api/views'
import { useOwnWords } from '@gatehouse/shared/ui/given-names.ts'
import type { ReactNode } from 'react'

/** The pictures of a site side by side; nothing for a site without. */
export function SitePhotos(props: { readonly site: SiteView }): ReactNode {
  const own = useOwnWords()
  const { photos = [] } = props.site
  if (photos.length === 0) return null
  return (
    <ul className="site-photos">
      {photos.map(({ sha256, text, textIn }) => (
        <li key={sha256}>
          <img
            src={`/api/v1/photos/${sha256}`}
            alt={own(text, textIn)}
            loading="lazy"
            width={480}
            height={270}
          />
        </li>
      ))}
    </ul>
  )
}

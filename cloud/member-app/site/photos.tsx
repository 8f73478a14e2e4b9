import type { SiteView } from '@gatehouse/shared/api/views'
import type { ReactNode } from 'react'

/** The pictures of a site side by side; nothing for a site without. */
export function SitePhotos(props: { readonly site: SiteView }): ReactNode {
  const { photos = [] } = props.site
  if (photos.length === 0) return null
  return (
    <ul className="site-photos">
      {photos.map(({ sha256, text }) => (
        <li key={sha256}>
          <img src={`/api/v1/photos/${sha256}`} alt={text} loading="lazy" width={480} height={270} />
        </li>
      ))}
    </ul>
  )
}

import { useLingui } from '@lingui/react/macro'
import type { Carried, Span } from './question'

/** How the filters are called. */
export function useFilterWords(): { span: Record<Span, string>; has: Record<Carried, string> } {
  const { t } = useLingui()
  return {
    span: {
      today: t`Today`,
      week: t`Last 7 days`,
      month: t`Last 30 days`,
      year: t`Last 12 months`,
    },
    has: {
      media: t`Any file`,
      image: t`Picture`,
      video: t`Video`,
      audio: t`Audio`,
      document: t`Document`,
      location: t`Location`,
      contacts: t`Contact card`,
      order: t`Order`,
      link: t`Link`,
    },
  }
}

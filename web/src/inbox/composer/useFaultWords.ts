import { useLingui } from '@lingui/react/macro'
import type { Fault } from './interactive'

/** Why a form cannot be sent yet, on its Send button. */
export function useFaultWords(): (fault: Fault | null) => string | undefined {
  const { t } = useLingui()
  return (fault) => {
    switch (fault) {
      case null:
        return undefined
      case 'text':
        return t`Write the text first.`
      case 'title':
        return t`Write at least one choice.`
      case 'twice':
        return t`Two choices are the same.`
      case 'length':
        return t`Something is too long.`
      case 'button':
        return t`Write what stands on the button.`
    }
  }
}

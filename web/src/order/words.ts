import { useLingui } from '@lingui/react/macro'
import type { ForeseenMessage, OrderEvent } from './api'

/** Why a customer was not told, in the reader's language; the server's own words where a code is newer. */
export function useProblemWords(): (code: string, detail: string) => string {
  const { t } = useLingui()
  return (code, detail) => {
    switch (code) {
      case 'template_missing':
        return t`WhatsApp has approved the template in none of the customer's languages. Nothing was sent. Have it approved, or name another in the settings.`
      case 'value_missing':
        return t`The order lacks a value that the message needs. Nothing was sent. Fill it in, or change the message in the settings.`
      case 'template_parameters':
        return t`The template needs other values than the settings give. Nothing was sent. Change the message in the settings.`
      case 'appointment_past':
        return t`The appointment was over before this could be said. Tell the customer yourself if it still matters.`
      case 'message_unset':
        return t`The settings have no message for this any more. Nothing was sent.`
      case 'notice_failed':
        return t`Kontor failed at this again and again. Nothing was sent. Tell the customer yourself, and your administrator.`
      case 'window_closed':
        return t`The customer wrote more than 24 hours ago. Nothing was sent. Send a template.`
      case 'customer_daily_limit':
        return t`This person has got as many messages today as your house allows. Nothing was sent.`
      default:
        return detail
    }
  }
}

/** What an entry of a timeline is about. */
export function useEventWords(): (event: OrderEvent, status: (key: string) => string) => string {
  const { t } = useLingui()
  return (event, status) => {
    const about = {
      status: t`Message about the status`,
      appointment: t`Message about the appointment`,
      reminder: t`Reminder of the appointment`,
    }[event.notice ?? 'status']
    const name = status(event.status)
    switch (event.kind) {
      case 'created':
        return t`Order written down`
      case 'status':
        return t`Status: ${name}`
      case 'appointment':
        return event.due_at ? t`Appointment set` : t`Appointment taken away`
      case 'closed':
        return t`Order closed`
      case 'reopened':
        return t`Order opened again`
      case 'notice_scheduled':
        return t`Reminder planned`
      case 'notice_dropped':
        return t`Reminder dropped`
      case 'notified':
        return about
      case 'problem':
        return t`${about}: not sent`
      case 'linked':
        return event.message?.direction === 'inbound' ? t`The customer wrote` : t`Message sent`
      default:
        return t`Order changed`
    }
  }
}

/** What the message of a change is about, before it is made. */
export function useForeseenWords(): (message: ForeseenMessage) => string {
  const { t } = useLingui()
  return ({ notice }) =>
    ({
      status: t`Message about the status`,
      appointment: t`Message about the appointment`,
      reminder: t`Reminder of the appointment`,
    })[notice]
}

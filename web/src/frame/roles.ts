const leads: readonly string[] = ['owner', 'admin', 'supervisor']

/** Who may change what others wrote, and sees how much everybody has. */
export const isLead = (role: string): boolean => leads.includes(role)

/** Who may see the queue as a whole; auditors read, and change nothing. */
export const seesQueue = (role: string): boolean => isLead(role) || role === 'auditor'

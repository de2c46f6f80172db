package sandbox

// More codes that checks use (cloud-api.md 3); refusal.go has the most frequent.
const (
	codeAppCalls     = 4      // app call rate
	codeAccountCalls = 80007  // account call rate
	codeExperiment   = 130472 // the user is part of a marketing experiment
	codeSpam         = 131048 // also what we answer beyond the portfolio's limit
	codeCapped       = 131049 // per-user marketing limit
	codeLostMedia    = 131052 // a customer's media could not be fetched
	codeByUserID     = 131062 // not by business-scoped user id
	codeTooLong      = 132005 // hydrated text too long
	codeCharacters   = 132007 // character policy
	codeParameter    = 132008 // parameter value
	codePaused       = 132015 // template is paused
	codeNewlines     = 132018 // new lines, tabs, spaces in a parameter
	codeFlowBlocked  = 132068
	codeFlowSlow     = 132069
	codeIdentity     = 137000 // identity key mismatch
)

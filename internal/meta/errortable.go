package meta

import (
	"slices"
	"time"

	"kontor/internal/wa"
)

// ErrorRow is what is known of an error code (cloud-api.md 3.2–3.6).
type ErrorRow struct {
	Code  int
	Last  int // the last code of a range, 0 when the row is about one code
	HTTP  int // the usual status; 400 where Meta names none
	Title string
	Class wa.Class
	// MinDelay is the shortest wait before the next attempt, for the classes that
	// have one; 0 leaves it to whoever retries.
	MinDelay time.Duration
}

// ErrorTable is every row, in the order of the contract. The copy is the caller's.
func ErrorTable() []ErrorRow { return slices.Clone(errorTable[:]) }

// LookupError finds the row of a code.
func LookupError(code int) (ErrorRow, bool) {
	i, ok := errorIndex[code]
	if ok {
		return errorTable[i], true
	}
	for _, row := range errorTable {
		if row.Last != 0 && row.Code <= code && code <= row.Last {
			return row, true
		}
	}
	return ErrorRow{}, false
}

// errorIndex finds a row by its code; never written after the program started.
var errorIndex = func() map[int]int {
	index := make(map[int]int, len(errorTable))
	for i, row := range errorTable {
		index[row.Code] = i
	}
	return index
}()

const day = 24 * time.Hour

// errorTable is never written. Two rows are wider than the contract's class:
// 4 and 80007 concern all calls of the app or the WABA, so the number pauses
// instead of one message backing off.
var errorTable = [...]ErrorRow{
	// 3.2 Authorisation and integrity
	{Code: 0, HTTP: 401, Title: "AuthException", Class: wa.ClassToken},
	{Code: 3, HTTP: 500, Title: "API Method", Class: wa.ClassOperator},
	{Code: 10, HTTP: 403, Title: "Permission denied", Class: wa.ClassOperator},
	{Code: 190, HTTP: 401, Title: "Access token has expired", Class: wa.ClassToken},
	{Code: 200, Last: 299, HTTP: 403, Title: "API permission", Class: wa.ClassOperator},
	{Code: 368, HTTP: 403, Title: "Temporarily blocked for policies violations", Class: wa.ClassStopNumber},
	{Code: 130497, HTTP: 403, Title: "Business account is restricted from messaging users in this country", Class: wa.ClassDrop},
	{Code: 131031, HTTP: 403, Title: "Account has been locked", Class: wa.ClassStopNumber},
	{Code: 131005, HTTP: 403, Title: "Access denied", Class: wa.ClassOperator},

	// 3.3 Throttling
	{Code: 4, HTTP: 400, Title: "Too many API calls", Class: wa.ClassPauseNumber, MinDelay: time.Minute},
	{Code: 80007, HTTP: 400, Title: "Rate limit issues", Class: wa.ClassPauseNumber, MinDelay: time.Minute},
	{Code: 130429, HTTP: 400, Title: "Rate limit hit", Class: wa.ClassPauseNumber, MinDelay: time.Second},
	{Code: 131048, HTTP: 400, Title: "Spam rate limit hit", Class: wa.ClassPauseNumber, MinDelay: time.Hour},
	{Code: 131056, HTTP: 400, Title: "(Business Account, Consumer Account) pair rate limit hit", Class: wa.ClassPausePair, MinDelay: time.Second},
	{Code: 131064, HTTP: 400, Title: "Messaging limit because of template misclassification", Class: wa.ClassStopNumber},
	{Code: 133016, HTTP: 400, Title: "Account register deregister rate limit exceeded", Class: wa.ClassBackoff, MinDelay: 72 * time.Hour},
	{Code: 613, HTTP: 400, Title: "Call permission status query limit", Class: wa.ClassBackoff},

	// 3.4 Sending
	{Code: 1, HTTP: 400, Title: "API Unknown", Class: wa.ClassBackoff},
	{Code: 2, HTTP: 503, Title: "API Service", Class: wa.ClassBackoff},
	{Code: 33, HTTP: 400, Title: "Parameter value is not valid", Class: wa.ClassOperator},
	{Code: 100, HTTP: 400, Title: "Invalid parameter", Class: wa.ClassNever},
	{Code: 130472, HTTP: 400, Title: "User's number is part of an experiment", Class: wa.ClassDrop},
	{Code: 131000, HTTP: 500, Title: "Something went wrong", Class: wa.ClassBackoff},
	{Code: 131008, HTTP: 400, Title: "Required parameter is missing", Class: wa.ClassNever},
	{Code: 131009, HTTP: 400, Title: "Parameter value is not valid", Class: wa.ClassNever},
	{Code: 131016, HTTP: 500, Title: "Service unavailable", Class: wa.ClassBackoff},
	{Code: 131020, HTTP: 400, Title: "Single-member group", Class: wa.ClassNever},
	{Code: 131021, HTTP: 400, Title: "Recipient cannot be sender", Class: wa.ClassNever},
	{Code: 131026, HTTP: 400, Title: "Message undeliverable", Class: wa.ClassDrop},
	{Code: 131030, HTTP: 400, Title: "Recipient phone number not in allowed list", Class: wa.ClassOperator},
	{Code: 131037, HTTP: 400, Title: "Display name approval needed", Class: wa.ClassOperator},
	{Code: 131041, HTTP: 400, Title: "Group unknown", Class: wa.ClassNever},
	{Code: 131215, HTTP: 400, Title: "Groups not available to this number", Class: wa.ClassOperator},
	{Code: 138000, HTTP: 400, Title: "Calling not enabled", Class: wa.ClassOperator},
	{Code: 131042, HTTP: 400, Title: "Business eligibility payment issue", Class: wa.ClassStopNumber},
	{Code: 131044, HTTP: 400, Title: "Business eligibility payment issue for calling", Class: wa.ClassOperator},
	{Code: 131045, HTTP: 500, Title: "Incorrect certificate", Class: wa.ClassRegister},
	{Code: 131047, HTTP: 400, Title: "Re-engagement message", Class: wa.ClassTemplate},
	{Code: 131049, HTTP: 400, Title: "Meta chose not to deliver", Class: wa.ClassBackoff, MinDelay: day},
	{Code: 131050, HTTP: 400, Title: "User has stopped receiving marketing messages", Class: wa.ClassOptOut},
	{Code: 131051, HTTP: 400, Title: "Unsupported message type", Class: wa.ClassNever},
	{Code: 131052, HTTP: 400, Title: "Media download error", Class: wa.ClassDrop},
	{Code: 131053, HTTP: 400, Title: "Media upload error", Class: wa.ClassNever},
	{Code: 131055, HTTP: 400, Title: "Method not allowed", Class: wa.ClassNever},
	{Code: 131057, HTTP: 500, Title: "Account in maintenance mode", Class: wa.ClassBackoff, MinDelay: time.Minute},
	{Code: 131059, HTTP: 400, Title: "Invalid or expired cursor", Class: wa.ClassNever},
	{Code: 131060, HTTP: 400, Title: "Reserved", Class: wa.ClassNever},
	{Code: 131061, HTTP: 400, Title: "Reserved", Class: wa.ClassNever},
	{Code: 131062, HTTP: 400, Title: "BSUID recipient not supported for this message", Class: wa.ClassNever},
	{Code: 131063, HTTP: 400, Title: "Marketing templates disabled on Cloud API", Class: wa.ClassOperator},
	{Code: 135000, HTTP: 400, Title: "Generic user error", Class: wa.ClassNever},
	{Code: 137000, HTTP: 400, Title: "Identity key mismatch", Class: wa.ClassOperator},
	{Code: 470, HTTP: 400, Title: "Re-engagement message", Class: wa.ClassTemplate},                       // On-Premises; now 131047
	{Code: 471, HTTP: 400, Title: "Spam rate limit hit", Class: wa.ClassPauseNumber, MinDelay: time.Hour}, // now 131048
	{Code: 480, HTTP: 400, Title: "User potentially changed", Class: wa.ClassOperator},                    // now 137000
	{Code: 1026, HTTP: 400, Title: "Receiver incapable", Class: wa.ClassDrop},                             // now 131026

	// 3.5 Templates
	{Code: 132000, HTTP: 400, Title: "Template param count mismatch", Class: wa.ClassNever},
	{Code: 132001, HTTP: 404, Title: "Template does not exist", Class: wa.ClassNever},
	{Code: 132005, HTTP: 400, Title: "Template hydrated text too long", Class: wa.ClassNever},
	{Code: 132007, HTTP: 400, Title: "Template format character policy violated", Class: wa.ClassNever},
	{Code: 132008, HTTP: 400, Title: "Template param value invalid", Class: wa.ClassNever},
	{Code: 132012, HTTP: 400, Title: "Template parameter format mismatch", Class: wa.ClassNever},
	{Code: 132015, HTTP: 400, Title: "Template is paused", Class: wa.ClassPauseTempl},
	{Code: 132016, HTTP: 400, Title: "Template is disabled", Class: wa.ClassPauseTempl},
	{Code: 132018, HTTP: 400, Title: "Template parameter problem", Class: wa.ClassNever},
	{Code: 132068, HTTP: 400, Title: "Flow is blocked", Class: wa.ClassPauseTempl},
	{Code: 132069, HTTP: 400, Title: "Flow is throttled", Class: wa.ClassPauseTempl, MinDelay: time.Hour},
	{Code: 134011, HTTP: 400, Title: "WhatsApp Payments terms not accepted", Class: wa.ClassOperator},
	{Code: 134100, HTTP: 400, Title: "Only marketing messages supported", Class: wa.ClassNever},
	{Code: 134101, HTTP: 400, Title: "Template is syncing", Class: wa.ClassBackoff, MinDelay: 10 * time.Minute},
	{Code: 134102, HTTP: 500, Title: "Template unavailable for use", Class: wa.ClassOperator},
	{Code: 134103, HTTP: 400, Title: "Marketing message refused", Class: wa.ClassNever},
	{Code: 1752041, HTTP: 400, Title: "Onboarding request already made", Class: wa.ClassNever},
	{Code: 2388019, HTTP: 400, Title: "Template limit exceeded", Class: wa.ClassOperator},
	{Code: 2388040, HTTP: 400, Title: "Character limit exceeded", Class: wa.ClassNever},
	{Code: 2388047, HTTP: 400, Title: "Header format incorrect", Class: wa.ClassNever},
	{Code: 2388072, HTTP: 400, Title: "Body format incorrect", Class: wa.ClassNever},
	{Code: 2388073, HTTP: 400, Title: "Footer format incorrect", Class: wa.ClassNever},
	{Code: 2388293, HTTP: 400, Title: "Too many variables for the length of the text", Class: wa.ClassNever},
	{Code: 2388299, HTTP: 400, Title: "Variable at the start or end of the text", Class: wa.ClassNever},
	{Code: 2388023, HTTP: 400, Title: "Name and language are being deleted", Class: wa.ClassNever},
	{Code: 2388024, HTTP: 400, Title: "Name and language already exist", Class: wa.ClassNever},
	{Code: 200005, HTTP: 400, Title: "Template insights not available", Class: wa.ClassOperator},
	{Code: 200006, HTTP: 400, Title: "Template insights cannot be disabled", Class: wa.ClassOperator},
	{Code: 200007, HTTP: 400, Title: "Template insights not enabled", Class: wa.ClassOperator},

	// 3.6 Registration, migration, sync, account
	{Code: 133000, HTTP: 500, Title: "Incomplete deregistration", Class: wa.ClassRegister},
	{Code: 133004, HTTP: 503, Title: "Server temporarily unavailable", Class: wa.ClassBackoff},
	{Code: 133005, HTTP: 400, Title: "Two-step verification PIN mismatch", Class: wa.ClassOperator},
	{Code: 133006, HTTP: 400, Title: "Number must be verified before registration", Class: wa.ClassRegister},
	{Code: 133008, HTTP: 400, Title: "Too many two-step verification PIN guesses", Class: wa.ClassOperator},
	{Code: 133009, HTTP: 400, Title: "Two-step verification PIN guessed too fast", Class: wa.ClassOperator},
	{Code: 133010, HTTP: 400, Title: "Phone number not registered", Class: wa.ClassRegister},
	{Code: 133015, HTTP: 400, Title: "Deletion of the number is not finished", Class: wa.ClassBackoff, MinDelay: 5 * time.Minute},
	{Code: 2388001, HTTP: 400, Title: "Migration refused: ownership or two-step verification", Class: wa.ClassOperator},
	{Code: 2388012, HTTP: 400, Title: "Number is already in the list", Class: wa.ClassOperator},
	{Code: 2388091, HTTP: 400, Title: "Number is not eligible for a code", Class: wa.ClassOperator},
	{Code: 2388093, HTTP: 400, Title: "Number cannot be migrated", Class: wa.ClassOperator},
	{Code: 2388103, HTTP: 400, Title: "Number cannot be migrated", Class: wa.ClassOperator},
	{Code: 2494100, HTTP: 400, Title: "Number is in maintenance mode", Class: wa.ClassBackoff, MinDelay: 2 * time.Minute},
	{Code: 2593079, HTTP: 400, Title: "Solution migration refused", Class: wa.ClassOperator},
	{Code: 2593085, HTTP: 400, Title: "Solution migration refused", Class: wa.ClassOperator},
	{Code: 2593107, HTTP: 400, Title: "Coexistence sync called too often", Class: wa.ClassOperator},
	{Code: 2593108, HTTP: 400, Title: "Coexistence sync outside 24 hours", Class: wa.ClassOperator},
	{Code: 147001, Last: 147005, HTTP: 400, Title: "Username refused", Class: wa.ClassOperator},
	{Code: 2494164, Last: 2494168, HTTP: 400, Title: "In-App Signup refused", Class: wa.ClassOperator},
	{Code: 2494176, Last: 2494177, HTTP: 400, Title: "In-App Signup refused", Class: wa.ClassOperator},
	{Code: 2494179, HTTP: 400, Title: "In-App Signup refused", Class: wa.ClassOperator},
}

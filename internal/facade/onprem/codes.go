package onprem

import (
	"strconv"

	"kontor/internal/wa"
)

// Title is the title of a code of the old API (on-premises-api.md 6).
func Title(code int) string {
	if t, ok := titles[code]; ok {
		return t
	}
	return "Generic error"
}

var titles = map[int]string{
	400: "Media download error", 402: "Business eligibility — Payment issue", 408: "Message is not valid",
	410: "Message expired", 429: "Rate limit hit", 430: "Unsigned certificate", 470: "Re-engagement message",
	471: "Spam rate limit hit", 472: "User's number is part of an experiment", 480: "User potentially changed",
	500: "Generic error", 501: "Message type is not currently supported",
	1000: "Generic error", 1001: "Message too long", 1002: "Invalid recipient type", 1005: "Access denied", 1006: "Resource not found",
	1007: "Recipient blocked to receive message", 1008: "Required parameter is missing", 1009: "Parameter value is not valid",
	1010: "Parameter is not required", 1011: "Service not ready", 1013: "User is not valid", 1014: "Internal error",
	1015: "Too many requests", 1016: "System overloaded", 1021: "Bad User", 1022: "Webhooks URL is not configured",
	1023: "Database error occurred", 1024: "Password Change Required", 1025: "Request is not valid", 1026: "Receiver incapable",
	1028: "A user_identity_changed system notification requires acknowledgement", 1031: "Sender account has been locked",
	2000: "Template Param Count Mismatch", 2001: "Template Missing", 2002: "Template Fetch Failed", 2003: "Template Pack Missing",
	2004: "Template Param Length Too Long", 2005: "Template Hydrated Text Too Long", 2006: "Template White Space Policy Violated",
	2007: "Template Format Character Policy Violated", 2008: "Template Media Format Unsupported", 2009: "Template Required Component Missing",
	2012: "Template Parameter Format Mismatch", 2015: "Invalid number of sections", 2016: "Invalid number of rows",
	2017: "Character Policy Violated", 2036: "Invalid Header Structure", 2060: "Template Rejected", 2061: "Template Paused", 2062: "Template Disabled",
	2068: "Flow is blocked", 2069: "Flow is throttled",
}

// late are the codes of the Cloud API as a callback tells them: the pairs of
// on-premises-api.md 6. What is not here is 500.
var late = map[int]int{
	131052: 400, 131042: 402, 131043: 410, 130429: 429, 131056: 429, 80007: 429, 131045: 430,
	131047: 470, 131048: 471, 130472: 472, 131049: 472, 137000: 480,
	131000: 500, 135000: 500, 131051: 501,
	131001: 1001, 131002: 1002, 131005: 1005, 131006: 1006, 131030: 1007, 131008: 1008, 131009: 1009,
	131021: 1021, 131026: 1026, 131050: 1026, 131031: 1031, 368: 1031, 131016: 1016, 133004: 1011, 131057: 1011,
	131053: 1014, 100: 1009, 33: 1006,
	132000: 2000, 132001: 2001, 132005: 2005, 132007: 2007, 132012: 2012, 132018: 2012,
	132015: 2061, 132016: 2062, 132068: 2068, 132069: 2069,
}

// LateError is an error of the Cloud API as statuses[].errors tells it. The
// Cloud code stays in the details, for whoever looks for the cause.
func LateError(p wa.Problem) Error {
	code, known := late[p.Code]
	switch {
	case known:
	case p.Code == 0 || p.Code == 190:
		code = 1014 // our own token: not the sender's fault
	case p.Code >= 200 && p.Code <= 299, p.Code == 3, p.Code == 10, p.Code == 133005, p.Code == 133006, p.Code == 136025:
		code = 1005
	case p.Code >= 400 && p.Code < 3000 && titles[p.Code] != "":
		code = p.Code // already one of these: a refusal of the façade's own
		return Error{Code: code, Title: Title(code), Details: p.Details, Href: p.Href}
	default:
		code = 500
	}
	return Error{Code: code, Title: Title(code), Details: cloudDetails(p), Href: p.Href}
}

// synchronousCode is the code for the same error while the client waits.
func synchronousCode(cloud int) int {
	switch cloud {
	case 4, 80007, 130429, 133008, 133009, 133015, 133016, 131056:
		return 1015
	}
	code := LateError(wa.Problem{Code: cloud}).Code
	if code == 500 {
		return 1000
	}
	return code
}

func cloudDetails(p wa.Problem) string {
	details := p.Details
	if details == "" {
		details = p.Title
	}
	if p.Code != 0 {
		details += " (cloud " + strconv.Itoa(p.Code) + ")"
	}
	return details
}

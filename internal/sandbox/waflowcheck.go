package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// flowProblem is one entry of validation_errors.
type flowProblem struct {
	Error    string `json:"error"`
	Type     string `json:"error_type"`
	Message  string `json:"message"`
	Line     int    `json:"line_start"`
	LineEnd  int    `json:"line_end"`
	Column   int    `json:"column_start"`
	ColumnTo int    `json:"column_end"`
}

// flowVersions are the versions of the flow JSON that WhatsApp knows; 7.3 is the
// current one (cloud-api.md 6.8).
var flowVersions = []string{"2.1", "3.0", "3.1", "4.0", "5.0", "5.1", "6.0", "6.1", "6.2", "6.3", "7.0", "7.1", "7.2", "7.3"}

// dataVersions are the versions of the data exchange.
var dataVersions = []string{"3.0", "4.0"}

// flowParts are the components of a screen, and what each must have; never changed.
var flowParts = map[string][]string{
	"TextHeading": {"text"}, "TextSubheading": {"text"}, "TextBody": {"text"}, "TextCaption": {"text"}, "RichText": {"text"},
	"TextInput": {"name", "label"}, "TextArea": {"name", "label"}, "DatePicker": {"name", "label"}, "CalendarPicker": {"name", "label"},
	"CheckboxGroup": {"name", "data-source"}, "RadioButtonsGroup": {"name", "data-source"}, "ChipsSelector": {"name", "data-source"},
	"Dropdown": {"name", "label", "data-source"}, "OptIn": {"name", "label"}, "EmbeddedLink": {"text", "on-click-action"},
	"Footer": {"label", "on-click-action"}, "Image": {"src"}, "ImageCarousel": {"images"}, "If": {"condition", "then"}, "Switch": {"value", "cases"},
	"Form": {"name", "children"}, "PhotoPicker": {"name", "label"}, "DocumentPicker": {"name", "label"}, "NavigationList": {"name", "list-items"},
}

var flowActions = []string{"navigate", "complete", "data_exchange", "update_data", "open_url"}

var screenID = regexp.MustCompile(`^[A-Za-z_]+$`)

// componentsMost is how many components a screen may have.
const componentsMost = 50

// flowCheck is a check under way.
type flowCheck struct {
	text     string
	problems []flowProblem
	screens  []string
}

// checkFlow checks a flow JSON: its form, its screens, how they lead to each
// other, and what its components must have.
func checkFlow(text string) (version, dataVersion string, problems []flowProblem) {
	c := &flowCheck{text: text, problems: []flowProblem{}}
	var root map[string]any
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		c.syntax(err)
		return "", "", c.problems
	}
	version, dataVersion = jsonText(root["version"]), jsonText(root["data_api_version"])
	switch {
	case version == "":
		c.missing("", "version")
	case !slices.Contains(flowVersions, version):
		c.add("INVALID_PROPERTY_VALUE", "version", "Invalid value found for property 'version'. Expected one of %s.", strings.Join(flowVersions, ", "))
	}
	if dataVersion != "" && !slices.Contains(dataVersions, dataVersion) {
		c.add("INVALID_PROPERTY_VALUE", "data_api_version", "Invalid value found for property 'data_api_version'. Expected one of %s.", strings.Join(dataVersions, ", "))
	}
	screens, _ := root["screens"].([]any)
	if len(screens) == 0 {
		c.missing("", "screens")
		return version, dataVersion, c.problems
	}
	c.collect(screens)
	for i, s := range screens {
		c.screen(s, "screens"+index(i))
	}
	if !slices.ContainsFunc(screens, func(s any) bool { return member(s, "terminal") == true }) {
		c.add("MISSING_TERMINAL_SCREEN", "screens", "The flow has no terminal screen.")
	}
	c.routing(root, dataVersion)
	return version, dataVersion, c.problems
}

// jsonText is text, or a number as it is written.
func jsonText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return fmt.Sprintf("%.1f", v)
	}
	return ""
}

// syntax notes where a text stops to be JSON.
func (c *flowCheck) syntax(err error) {
	line, column := 1, 1
	var at *json.SyntaxError
	if errors.As(err, &at) {
		before := []byte(c.text)[:min(int(at.Offset), len(c.text))]
		line = 1 + bytes.Count(before, []byte("\n"))
		column = len(before) - bytes.LastIndexByte(before, '\n')
	}
	c.problems = append(c.problems, flowProblem{
		Error: "INVALID_FLOW_JSON", Type: "JSON_PARSE_ERROR", Message: "The flow JSON is not valid JSON: " + err.Error(),
		Line: line, LineEnd: line, Column: column, ColumnTo: column,
	})
}

// add notes a problem; it stands where the text first says near.
func (c *flowCheck) add(name, near, format string, args ...any) {
	p := flowProblem{Error: name, Type: "FLOW_JSON_ERROR", Message: fmt.Sprintf(format, args...), Line: 1, LineEnd: 1, Column: 1, ColumnTo: 1}
	if i := strings.Index(c.text, `"`+near+`"`); near != "" && i >= 0 {
		p.Line = 1 + strings.Count(c.text[:i], "\n")
		p.Column = i - strings.LastIndexByte(c.text[:i], '\n')
		p.LineEnd, p.ColumnTo = p.Line, p.Column+len(near)+1
	}
	c.problems = append(c.problems, p)
}

func (c *flowCheck) missing(where, property string) {
	at := ""
	if where != "" {
		at = " at '" + where + "'"
	}
	c.add("REQUIRED_PROPERTY_MISSING", "", "The required property '%s' is missing%s.", property, at)
}

// collect notes the ids of all screens.
func (c *flowCheck) collect(screens []any) {
	for i, s := range screens {
		id := textOf(member(s, "id"))
		switch {
		case id == "":
			c.missing("screens"+index(i), "id")
		case id == "SUCCESS":
			c.add("INVALID_PROPERTY_VALUE", "SUCCESS", "The screen id SUCCESS is reserved.")
		case !screenID.MatchString(id):
			c.add("INVALID_PROPERTY_VALUE", id, "The screen id '%s' may have letters and underscores only.", id)
		case slices.Contains(c.screens, id):
			c.add("DUPLICATE_SCREEN_ID", id, "There is more than one screen with the id '%s'.", id)
		}
		c.screens = append(c.screens, id)
	}
}

func (c *flowCheck) screen(s any, at string) {
	layout, ok := member(s, "layout").(map[string]any)
	if !ok {
		c.missing(at, "layout")
		return
	}
	if kind := textOf(layout["type"]); kind != "SingleColumnLayout" {
		c.add("INVALID_PROPERTY_VALUE", kind, "Invalid value found for property 'type' at '%s.layout'. Expected SingleColumnLayout.", at)
	}
	children, _ := layout["children"].([]any)
	count, footers, completes := 0, 0, false
	c.children(children, at+".layout.children", func(kind string, component map[string]any) {
		count++
		if kind == "Footer" {
			footers++
		}
		completes = completes || member(component["on-click-action"], "name") == "complete" || member(component["on-click-action"], "name") == "data_exchange"
	})
	switch {
	case len(children) == 0:
		c.missing(at+".layout", "children")
	case count > componentsMost:
		c.add("TOO_MANY_COMPONENTS", c.idOf(s), "The screen '%s' has %d components, at most %d are allowed.", c.idOf(s), count, componentsMost)
	case footers > 1 && !branches(children):
		c.add("INVALID_NUMBER_OF_COMPONENTS", c.idOf(s), "The screen '%s' has more than one Footer.", c.idOf(s))
	case member(s, "terminal") == true && !completes:
		c.add("MISSING_COMPLETE_ACTION", c.idOf(s), "The terminal screen '%s' has no component whose on-click-action is complete.", c.idOf(s))
	}
}

func (c *flowCheck) idOf(s any) string { return textOf(member(s, "id")) }

// branches tells whether a screen chooses what it shows.
func branches(children []any) bool {
	b, _ := json.Marshal(children) // it was read as JSON
	return bytes.Contains(b, []byte(`"If"`)) || bytes.Contains(b, []byte(`"Switch"`))
}

// children checks components and those inside them; visit sees each.
func (c *flowCheck) children(all []any, at string, visit func(kind string, component map[string]any)) {
	for i, e := range all {
		here := at + index(i)
		component, ok := e.(map[string]any)
		kind := textOf(member(e, "type"))
		needs, known := flowParts[kind]
		switch {
		case !ok || kind == "":
			c.missing(here, "type")
			continue
		case !known:
			c.add("INVALID_COMPONENT", kind, "The component type '%s' at '%s' is not known.", kind, here)
			continue
		}
		for _, name := range needs {
			if component[name] == nil {
				c.missing(here, name)
			}
		}
		visit(kind, component)
		if action, ok := component["on-click-action"].(map[string]any); ok {
			c.action(action, here)
		}
		for _, name := range []string{"children", "then", "else"} {
			if inner, ok := component[name].([]any); ok {
				c.children(inner, here+"."+name, visit)
			}
		}
		if cases, ok := component["cases"].(map[string]any); ok {
			for _, name := range sortedKeys(cases) {
				inner, _ := cases[name].([]any)
				c.children(inner, here+".cases."+name, visit)
			}
		}
	}
}

// action checks what a tap does.
func (c *flowCheck) action(action map[string]any, at string) {
	name := textOf(action["name"])
	switch {
	case name == "":
		c.missing(at+".on-click-action", "name")
	case !slices.Contains(flowActions, name):
		c.add("INVALID_PROPERTY_VALUE", name, "Invalid value found for property 'name' at '%s.on-click-action'. Expected one of %s.", at, strings.Join(flowActions, ", "))
	case name == "navigate":
		next := textOf(member(action["next"], "name"))
		if next == "" {
			c.missing(at+".on-click-action", "next")
		} else if !slices.Contains(c.screens, next) {
			c.add("INVALID_NAVIGATE_TO_SCREEN", next, "The screen '%s' that '%s' leads to does not exist.", next, at)
		}
	}
}

// routing checks routing_model, which an endpoint needs.
func (c *flowCheck) routing(root map[string]any, dataVersion string) {
	model, given := root["routing_model"].(map[string]any)
	if !given {
		if dataVersion != "" {
			c.missing("", "routing_model")
		}
		return
	}
	for _, from := range sortedKeys(model) {
		if !slices.Contains(c.screens, from) {
			c.add("INVALID_ROUTING_MODEL", from, "The routing model has the screen '%s', which does not exist.", from)
		}
		targets, _ := model[from].([]any)
		for _, to := range targets {
			switch name := textOf(to); {
			case name == from:
				c.add("INVALID_ROUTING_MODEL", from, "The screen '%s' leads to itself.", from)
			case !slices.Contains(c.screens, name):
				c.add("INVALID_ROUTING_MODEL", name, "The routing model leads to the screen '%s', which does not exist.", name)
			}
		}
	}
	for _, id := range c.screens {
		if _, ok := model[id]; !ok && id != "" {
			c.add("INVALID_ROUTING_MODEL", id, "The screen '%s' is not in the routing model.", id)
		}
	}
}

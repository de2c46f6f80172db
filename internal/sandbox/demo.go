package sandbox

import "encoding/json"

// helloWorld is the template every account starts with.
func helloWorld() Template {
	return Template{
		Name: "hello_world", Language: "en_US", Category: "UTILITY",
		Components: []Component{
			{Type: "HEADER", Format: "TEXT", Text: "Hello World"},
			{Type: "BODY", Text: "Welcome and congratulations!! This message demonstrates your ability to send a WhatsApp message notification from the Cloud API, hosted by Meta. Thank you for taking the time to test with us."},
			{Type: "FOOTER", Text: "WhatsApp Business Platform sample message"},
		},
	}
}

// DemoTemplates is a small catalogue to try things with, each in en_US, de,
// pt_BR and zh_CN: order_update (body variables {{1}} {{2}}),
// appointment_reminder (named variables, quick replies), visit_photo (image
// header, variable address button). All are APPROVED.
func DemoTemplates() []Template {
	var all []Template
	for _, t := range demoTexts {
		all = append(all,
			Template{Name: "order_update", Language: t.language, Category: "UTILITY", Components: []Component{
				{Type: "BODY", Text: t.order, Example: example("body_text", [][]string{{"R-2402", t.orderState}})},
				{Type: "FOOTER", Text: "Nordlicht Service"},
			}},
			Template{Name: "appointment_reminder", Language: t.language, Category: "UTILITY", ParameterFormat: "NAMED", Components: []Component{
				{Type: "HEADER", Format: "TEXT", Text: t.reminderHeader},
				{Type: "BODY", Text: t.reminder, Example: example("body_text_named_params", []map[string]string{
					{"param_name": "customer_name", "example": "João"}, {"param_name": "time", "example": "9:00"},
				})},
				{Type: "BUTTONS", Buttons: []TemplateButton{{Type: "QUICK_REPLY", Text: t.confirm}, {Type: "QUICK_REPLY", Text: t.move}}},
			}},
			Template{Name: "visit_photo", Language: t.language, Category: "MARKETING", Components: []Component{
				{Type: "HEADER", Format: "IMAGE", Example: example("header_handle", []string{"4::aW1hZ2UvanBlZw=="})},
				{Type: "BODY", Text: t.photo, Example: example("body_text", [][]string{{"R-2402"}})},
				{Type: "BUTTONS", Buttons: []TemplateButton{{
					Type: "URL", Text: t.look, URL: "https://nordlicht.example/orders/{{1}}", Example: json.RawMessage(`["https://nordlicht.example/orders/R-2402"]`),
				}}},
			}},
		)
	}
	return all
}

// example writes the member "example" of a component.
func example(name string, value any) json.RawMessage {
	b, _ := json.Marshal(map[string]any{name: value}) // strings and lists of them
	return b
}

// demoTexts are the texts of DemoTemplates; never changed.
var demoTexts = []struct {
	language, order, orderState, reminderHeader, reminder, confirm, move, photo, look string
}{
	{"en_US", "Your order {{1}} has a new state: {{2}}. We will write again when it changes.", "ready for collection",
		"Appointment", "Hello {{customer_name}}, our technician will be with you at {{time}} tomorrow.", "Confirm", "Reschedule",
		"Here is the photo of the finished work on order {{1}} for you.", "View order"},
	{"de", "Ihr Auftrag {{1}} hat einen neuen Stand: {{2}}. Wir melden uns, sobald sich etwas ändert.", "abholbereit",
		"Termin", "Guten Tag {{customer_name}}, unser Techniker kommt morgen um {{time}} Uhr zu Ihnen.", "Bestätigen", "Verschieben",
		"Hier ist das Foto der fertigen Arbeit zum Auftrag {{1}} für Sie.", "Auftrag ansehen"},
	{"pt_BR", "Seu pedido {{1}} tem um novo status: {{2}}. Avisaremos quando mudar de novo.", "pronto para retirada",
		"Agendamento", "Olá {{customer_name}}, nosso técnico estará aí amanhã às {{time}} horas.", "Confirmar", "Remarcar",
		"Aqui está a foto do serviço concluído do pedido {{1}} para você.", "Ver pedido"},
	{"zh_CN", "您的订单 {{1}} 有新状态：{{2}}。如有变化我们会再通知您。", "可以取货",
		"预约提醒", "您好，{{customer_name}}，我们的技术员将于明天 {{time}} 上门。", "确认", "改期",
		"这是订单 {{1}} 完工后的照片，请查看。", "查看订单"},
}

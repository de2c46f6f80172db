package sandbox

// OrderTemplates are what a shop tells its customers about orders with (S3):
// order_status_update (body variables {{1}} order, {{2}} status) in the languages
// of DemoTemplates, APPROVED.
func OrderTemplates() []Template {
	var all []Template
	for _, t := range []struct{ language, text, state string }{
		{"en_US", "Order #{{1}} is now: {{2}}. Thank you for your patience.", "ready for pickup"},
		{"de", "Auftrag #{{1}} ist jetzt: {{2}}. Danke für Ihre Geduld.", "abholbereit"},
		{"pt_BR", "Pedido #{{1}}: {{2}}. Obrigado pela paciência.", "pronto para retirada"},
		{"zh_CN", "订单 #{{1}} 的最新状态：{{2}}。感谢您的耐心等待。", "可以取件"},
	} {
		all = append(all, Template{Name: "order_status_update", Language: t.language, Category: "UTILITY", Components: []Component{
			{Type: "BODY", Text: t.text, Example: example("body_text", [][]string{{"R-2402", t.state}})},
		}})
	}
	return all
}

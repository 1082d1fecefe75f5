package main

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	maxNameClusters = 100
	maxLanguages    = 100
	maxNames        = 1_000
	defaultLanguage = "ru"
)

var greetings = map[string]string{
	"de": "Hallo, %s!",
	"en": "Hello, %s!",
	"es": "¡Hola, %s!",
	"ja": "こんにちは、%sさん！",
	"ru": "Привет, %s!",
}

// checkedName is the name without the white space around it.
func checkedName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "", invalid("name", "must not be empty")
	}
	// A grapheme cluster (UAX #29) is what a reader takes for one character.
	if uniseg.GraphemeClusterCount(name) > maxNameClusters {
		return "", invalid("name", fmt.Sprintf("must not be longer than %d characters", maxNameClusters))
	}
	if strings.ContainsFunc(name, unicode.IsControl) {
		return "", invalid("name", "must not hold control characters")
	}
	return name, nil
}

// greet greets one person; field is named where the language is not known.
func greet(name, languageTag, field string) (string, error) {
	name, err := checkedName(name)
	if err != nil {
		return "", err
	}
	if languageTag == "" {
		languageTag = defaultLanguage
	}
	// A region or a script does not change the greeting: "ru-RU" is "ru".
	language, _, _ := strings.Cut(strings.ToLower(languageTag), "-")
	greeting, known := greetings[language]
	if !known {
		return "", invalid(field, fmt.Sprintf("no greeting in «%s»", languageTag))
	}
	return fmt.Sprintf(greeting, name), nil
}

// greetAll greets everyone with one greeting; the names have been checked.
func greetAll(names []string) (string, error) {
	switch last := len(names) - 1; {
	case last < 0:
		return "", invalid("name", "nobody was named")
	case last == 0:
		return fmt.Sprintf(greetings[defaultLanguage], names[0]), nil
	default:
		everyone := strings.Join(names[:last], ", ") + " и " + names[last]
		return fmt.Sprintf(greetings[defaultLanguage], everyone), nil
	}
}

// checkedCount bounds the names of one greeting.
func checkedCount(names int) error {
	if names > maxNames {
		return status.Errorf(codes.ResourceExhausted, "more than %d names", maxNames)
	}
	return nil
}

using System.Reflection;

namespace Verus.Artifact.Tests.Extensions;

/// <summary>
/// Tests that abstractions-api.txt lists the public API for extensions, one member per line. A line may be added with a
/// new minor version of the assembly; a line that changes or disappears breaks extensions and needs a new major
/// version. UPDATE_GOLDEN=1 writes the file.
/// </summary>
public sealed class AbstractionsApiSpecs
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;
    private static readonly string File = Path.Combine(ItemsOfFile.Repository,
        "tests/Core.Tests/Extensions/abstractions-api.txt");

    [Fact]
    public void The_contracts_are_those_that_were_agreed_on()
    {
        var api = typeof(INamed).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal)
            .SelectMany(Lines).Prepend(
            $"assembly {typeof(INamed).Assembly.GetName().Name} {typeof(INamed).Assembly.GetName().Version}").ToList();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            System.IO.File.WriteAllLines(File, api);
        api.ShouldBe(System.IO.File.ReadAllLines(File));
    }

    [Fact]
    public void They_refer_to_nothing_but_the_framework() => typeof(INamed).Assembly.GetReferencedAssemblies()
        .Where(reference => !reference.Name!.StartsWith("System", StringComparison.Ordinal)).ShouldBeEmpty();

    private static IEnumerable<string> Lines(Type type)
    {
        var kind = type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct"
            : type.IsAbstract && type.IsSealed ? "static class" : "class";
        yield return $"{kind} {Name(type)}"
            + $"{(type.IsSealed && type.IsClass && !type.IsAbstract ? " sealed" : "")}{Bases(type)}";
        foreach (var line in type.GetMembers(Public).Select(Line).OfType<string>().Order(StringComparer.Ordinal))
            yield return "    " + line;
    }

    private static string Bases(Type type)
    {
        var bases = type.GetInterfaces().Where(one => one.Assembly == type.Assembly)
            .Append(type.BaseType is { } over && over.Assembly == type.Assembly ? over : null).OfType<Type>().ToList();
        return bases.Count == 0 ? "" : " : " + string.Join(", ", bases.Select(Name));
    }

    private static string? Line(MemberInfo member) => member switch
    {
        MethodBase { IsPublic: false, IsFamily: false } => null,
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        // Members that the compiler generates for records, and accessors of properties, are not listed.
        MethodInfo { IsSpecialName: true }
            or MethodInfo
        {
            Name: "<Clone>$" or "PrintMembers" or "GetHashCode" or "Equals" or "ToString"
                or "Deconstruct"
        } => null,
        MethodInfo method =>
            $"{Kind(method)}{Name(method.ReturnType)} {method.Name}"
                + $"{(method.IsGenericMethod ? $"<{method.GetGenericArguments().Length}>" : "")}({Parameters(method)})",
        PropertyInfo { Name: "EqualityContract" } => null,
        PropertyInfo property =>
            $"{Kind(property.GetMethod!)}{Name(property.PropertyType)} {property.Name} {{ "
                + $"{(property.CanRead ? "get; " : "")}{(property.SetMethod is { IsPublic: true } ? "set; " : "")}}}",
        FieldInfo { IsPublic: true, IsSpecialName: false } field =>
            $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}",
        _ => null,
    };

    // A member of an interface without a body must be written by every extension.
    private static string Kind(MethodBase method) => (method.IsStatic ? "static " : "")
        + (method.IsAbstract ? "abstract " : method.IsVirtual && !method.IsFinal ? "virtual " : "");

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters()
            .Select(parameter =>
                $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = ..." : "")}"));

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<"
            + $"{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
}
